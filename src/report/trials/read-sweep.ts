import { basename, join, resolve } from 'node:path';
import { newestRuns, type RunSummary, readManifest, scanRuns } from '../../record/index.ts';
import { monitorOf } from '../curves.ts';
import { type Json, readJson } from '../read-run.ts';
import { differingAxes } from './axes.ts';
import { type Interval, intervalOf } from './interval.ts';

export interface Objective {
  metric: string;
  mode: 'min' | 'max';
}

export interface TrialRow {
  id: string;
  axes: Json;
  seed?: number;
  /** The run that stands for it; undefined where none was started. */
  run?: RunSummary;
  status: RunSummary['status'] | 'pending';
  /** The objective: the final one of a finished run, else the best so far. */
  value?: number;
}

/** Trials with the same values and different seeds: one result. */
export interface PointRow {
  axes: Json;
  trials: TrialRow[];
  /** Of its finished trials with a finite value. */
  result?: Interval;
}

export interface SweepRecord {
  dir: string;
  name: string;
  objective: Objective;
  /** Dotted paths. */
  axes: string[];
  /** The best first, those without a result last. */
  points: PointRow[];
  /** The best first, then those that have not finished. */
  trials: TrialRow[];
  /** Runs of trials that the sweep does not have any more. */
  others: RunSummary[];
}

/** Reads the runs of a sweep's or an experiment's folder; its manifest says what was asked for, where there is one. */
export function readSweep(dir: string): SweepRecord {
  const manifest = readManifest(dir);
  const objective = objectiveOf(manifest?.objective) ?? objectiveOfRuns(dir);
  const runs = newestRuns(scanRuns(dir, { objective }));
  const rows = manifest
    ? manifest.trials.map((trial): TrialRow & { point: string } => ({
        id: String(trial.id),
        axes: trial.axes ?? {},
        seed: trial.seed,
        point: String(trial.point),
        ...stateOf(runs.get(trial.id)),
      }))
    : rowsOfRuns([...runs.values()]);
  const known = new Set(rows.map(({ id }) => id));
  const sorted = rows.sort(byResult(objective));
  return {
    dir,
    name: basename(resolve(dir)),
    objective,
    axes: [...new Set(rows.flatMap(({ axes }) => Object.keys(axes)))],
    points: pointsOf(sorted, objective),
    trials: sorted,
    others: [...runs.values()].filter(({ trial }) => !known.has(trial)),
  };
}

function objectiveOf(value: unknown): Objective | undefined {
  const { metric, mode } = (value ?? {}) as Json;
  return typeof metric === 'string' ? { metric, mode: mode === 'min' ? 'min' : 'max' } : undefined;
}

/** Without a manifest, what the first run with a config is judged by. */
function objectiveOfRuns(dir: string): Objective {
  for (const { dir: run } of scanRuns(dir, { state: true }))
    return monitorOf({ config: readJson(join(run, 'config.json')) });
  return monitorOf({ config: {} });
}

const stateOf = (run: RunSummary | undefined): Pick<TrialRow, 'run' | 'status' | 'value'> =>
  run ? { run, status: run.status, value: run.best } : { status: 'pending' };

function rowsOfRuns(runs: RunSummary[]): (TrialRow & { point: string })[] {
  const described = runs.map((run) => ({
    run,
    config: readJson(join(run.dir, 'config.json')),
    origins: readJson(join(run.dir, 'origins.json')),
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

function pointsOf(rows: (TrialRow & { point: string })[], objective: Objective): PointRow[] {
  const points = new Map<string, PointRow>();
  for (const { point, ...row } of rows) {
    const known = points.get(point) ?? { axes: row.axes, trials: [] };
    known.trials.push(row);
    points.set(point, known);
  }
  for (const point of points.values()) point.result = intervalOf(finalValues(point.trials));
  return [...points.values()].sort((a, b) => compare(a.result?.mean, b.result?.mean, objective));
}

const finalValues = (trials: TrialRow[]): number[] =>
  trials.flatMap(({ status, value }) =>
    status === 'finished' && value !== undefined && Number.isFinite(value) ? [value] : [],
  );

const byResult =
  (objective: Objective) =>
  (a: TrialRow, b: TrialRow): number =>
    compare(finalValues([a])[0], finalValues([b])[0], objective);

/** What has no value comes last; equal ones stay as they were. */
function compare(a: number | undefined, b: number | undefined, { mode }: Objective): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return mode === 'min' ? a - b : b - a;
}
