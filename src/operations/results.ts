import { basename } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import {
  bestOf,
  findTarget,
  leadOf,
  type Objective,
  type Result,
  type RunStatus,
  resultOf,
} from '../record/index.ts';

export interface ResultsOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Names of metrics, `*` for any text; all final ones if left out. */
  metrics?: readonly string[];
  /** A row for each trial in place of each point. */
  trials?: boolean;
}

/** A point of a sweep with its metrics over its seeds, or a trial. */
export interface ResultRow {
  /** From 1, by the objective; undefined without a result. */
  rank?: number;
  /** Of a sweep with several objectives: no other point beats it in all of them. */
  front?: boolean;
  axes: Readonly<Record<string, unknown>>;
  /** Seeds of the trials that have finished. */
  seeds: number[];
  /** Trials, and how many of them have finished. */
  trials: number;
  finished: number;
  /** The run that stands for it: `<trial>-<attempt>`, or the trial's id if it has not begun. */
  run: string;
  status: RunStatus | 'pending';
  metrics: Record<string, Result>;
}

export interface Results {
  sweep: string;
  dir: string;
  objective: Objective;
  /** Metrics of all objectives. */
  objectives: string[];
  axes: string[];
  /** The metrics of the rows, the objective first. */
  metrics: string[];
  /** The best first. */
  rows: ResultRow[];
  /** What won and by how much, in a sentence; of several objectives, which rows no other beats in all of them. */
  lead?: string;
}

/**
 * The results of a sweep or of an experiment's runs, as a table: trials that differ in their seed alone are one row. Throws `run-not-found`,
 * `run-ambiguous` and `metric-unknown`.
 */
export async function results(text: string, options: ResultsOptions = {}): Promise<Results> {
  const { runs = 'runs', trials = false } = options;
  const { readSweep, inReadingOrder } = await import('../report/index.ts');
  const target = findTarget(runs, text);
  const sweep = readSweep(target.kind === 'run' ? `${target.dir}/..` : target.dir);
  const only = target.kind === 'run' ? basename(target.dir) : undefined;
  const groups = trials
    ? sweep.points.flatMap((point) => point.trials.map((trial) => ({ ...point, trials: [trial] })))
    : sweep.points;
  const { objective } = sweep;
  const known = new Set(
    sweep.trials.flatMap(({ run, finished }) => (run && finished ? Object.keys(run.metrics) : [])),
  );
  const metrics = chooseMetrics([...known].sort(inReadingOrder), objective.metric, options.metrics);
  const onFront = new Set(sweep.front.map(({ point }) => JSON.stringify(point.axes)));
  const rows = groups
    .map((point, i): ResultRow => {
      const done = point.trials.filter(({ finished }) => finished);
      const standing = bestOf([point])?.trial ?? done[0] ?? point.trials[0]!;
      const found = metrics.flatMap((metric): [string, Result][] => {
        const values = done.flatMap(({ run }) => {
          const value = run && Object.hasOwn(run.metrics, metric) ? run.metrics[metric] : undefined;
          return value !== undefined && Number.isFinite(value) ? [value] : [];
        });
        const result = resultOf(values, metric);
        return result ? [[metric, result]] : [];
      });
      return {
        ...(point.result ? { rank: i + 1 } : {}),
        ...(sweep.front.length > 0 ? { front: onFront.has(JSON.stringify(point.axes)) } : {}),
        axes: point.axes,
        seeds: done.flatMap(({ seed }) => (seed === undefined ? [] : [seed])),
        trials: point.trials.length,
        finished: done.length,
        run: standing.run ? basename(standing.run.dir) : standing.id,
        status: standing.status,
        metrics: Object.fromEntries(found),
      };
    })
    .filter(({ run }) => only === undefined || run === only);
  const lead =
    sweep.front.length > 0 ? frontText(rows, sweep.objectives) : leadOf(sweep.points, objective)?.text;
  return {
    sweep: sweep.name,
    dir: sweep.dir,
    objective,
    objectives: sweep.objectives.map(({ metric }) => metric),
    axes: sweep.axes,
    metrics,
    rows,
    ...(lead && only === undefined ? { lead } : {}),
  };
}

function frontText(rows: readonly ResultRow[], objectives: readonly Objective[]): string {
  const names = objectives.map(({ metric }) => metric).join(' and ');
  const ranks = rows.flatMap(({ front, rank }) => (front && rank !== undefined ? [rank] : []));
  return `No other beats ${ranks.join(', ')} in all of ${names}.`;
}

/** The objective and what was asked for, in that order. */
function chooseMetrics(known: readonly string[], objective: string, asked: readonly string[] = []): string[] {
  const chosen = asked.flatMap((pattern) => {
    const form = new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    );
    const found = known.filter((name) => form.test(name));
    if (found.length === 0 && known.length > 0)
      throw new FacecomError('metric-unknown', `No trial has a metric ${pattern}.`, {
        found: pattern,
        expected: `one of ${known.slice(0, 12).join(', ')}${known.length > 12 ? `, and ${known.length - 12} more` : ''}`,
        remedy: 'Give a name of the record, * for any text: --metrics "test/*".',
        exitCode: 2,
      });
    return found;
  });
  const all = asked.length > 0 ? chosen : known;
  return [...new Set([...(known.includes(objective) ? [objective] : []), ...all])];
}
