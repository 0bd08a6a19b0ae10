import { basename, resolve } from 'node:path';
import {
  bestOf,
  compareValues,
  type FrontPoint,
  finalValue,
  frontOf,
  newestRuns,
  type Objective,
  type PointResult,
  pointsOf,
  type RunSummary,
  readConfigPart,
  readManifest,
  readOrigins,
  scanRuns,
  type TrialResult,
} from '../../record/index.ts';
import { monitorOf } from '../curves.ts';
import { differingAxes } from './axes.ts';

export interface TrialRow extends TrialResult {
  id: string;
  seed?: number;
  /** The run that stands for it; undefined if none was started. */
  run?: RunSummary;
  status: RunSummary['status'] | 'pending';
}

export type PointRow = PointResult<TrialRow>;

export interface SweepRecord {
  dir: string;
  name: string;
  objective: Objective;
  /** Several, where the sweep has them; `objective` is the first of them. */
  objectives: readonly Objective[];
  /** Dotted paths. */
  axes: string[];
  /** The best first, those without a result last. */
  points: PointRow[];
  best: ReturnType<typeof bestOf<TrialRow>>;
  /** Of several objectives: the points that no other beats in all of them. */
  front: FrontPoint<TrialRow>[];
  /** The best first, then those that have not finished. */
  trials: TrialRow[];
  /** Runs of trials that the sweep does not have any more. */
  others: RunSummary[];
}

/** Reads the runs of a sweep's or an experiment's folder; its manifest says what was asked for, if there is one. */
export function readSweep(dir: string): SweepRecord {
  const manifest = readManifest(dir);
  const objective = manifest?.objective ?? objectiveOfRuns(dir);
  const runs = newestRuns(scanRuns(dir, { objective }));
  const rows = manifest
    ? manifest.trials.map(
        ({ id, axes, seed, point }): TrialRow => ({ id, axes, seed, point, ...stateOf(runs.get(id)) }),
      )
    : rowsOfRuns([...runs.values()]);
  const known = new Set(rows.map(({ id }) => id));
  const points = pointsOf(rows, objective);
  const objectives = manifest?.objectives ?? [objective];
  return {
    dir,
    name: basename(resolve(dir)),
    objective,
    objectives,
    axes: [...new Set(rows.flatMap(({ axes }) => Object.keys(axes)))],
    points,
    best: bestOf(points),
    front: objectives.length > 1 ? frontOf(points, objectives) : [],
    trials: rows.toSorted((a, b) => compareValues(finalValue(a), finalValue(b), objective)),
    others: [...runs.values()].filter(({ trial }) => !known.has(trial)),
  };
}

/** Without a manifest, what the first run with a config is judged by. */
function objectiveOfRuns(dir: string): Objective {
  for (const { dir: run } of scanRuns(dir, { state: true }))
    return monitorOf({ config: readConfigPart(run) });
  return monitorOf({ config: {} });
}

const stateOf = (
  run: RunSummary | undefined,
): Pick<TrialRow, 'run' | 'status' | 'finished' | 'value' | 'metrics'> =>
  run
    ? {
        ...{ run, status: run.status, finished: run.status === 'finished', value: run.best },
        metrics: run.metrics,
      }
    : { status: 'pending', finished: false };

function rowsOfRuns(runs: RunSummary[]): TrialRow[] {
  const described = runs.map((run) => ({
    run,
    config: readConfigPart(run.dir),
    origins: readOrigins(run.dir),
  }));
  const { valuesOf } = differingAxes(described);
  return described.map((trial) => {
    const axes = valuesOf(trial);
    const { seed } = trial.config;
    return {
      id: trial.run.trial,
      axes,
      ...(typeof seed === 'number' ? { seed } : {}),
      point: JSON.stringify(Object.entries(axes).sort()),
      ...stateOf(trial.run),
    };
  });
}

const CHARTED = 1000;
const BEST = 300;

/** The same with as many points as a chart can show: of very many the best, and others spread evenly over the rest. */
export function thinnedSweep(sweep: SweepRecord): SweepRecord {
  const { points } = sweep;
  if (points.length <= CHARTED) return sweep;
  const step = (points.length - BEST) / (CHARTED - BEST);
  const others = Array.from({ length: CHARTED - BEST }, (_, i) => points[BEST + Math.floor(i * step)]!);
  return { ...sweep, points: [...points.slice(0, BEST), ...others] };
}
