import { formatScore, plural } from '../../base/format.ts';
import { intervalOf } from '../../base/statistics.ts';
import {
  bestOf,
  compareValues,
  finalValue,
  newestRuns,
  type Objective,
  type PointResult,
  pointsOf,
  type RunSummary,
  readManifest,
  resultOf,
  resultText,
  type SweepManifest,
  scanRuns,
  type TrialResult,
} from '../../record/index.ts';
import { markdown, markdownTable } from './markdown.ts';
import { legalKey } from './names.ts';
import { differences } from './run-record.ts';
import { bestName } from './score-names.ts';
import { type Metric, metric } from './values.ts';

export interface RunResult extends TrialResult {
  run: RunSummary;
}

/** The folder of the run that stands for the best point of a sweep so far; undefined if no trial has finished. */
export function bestRunOf(sweepDir: string): string | undefined {
  const manifest = readManifest(sweepDir);
  if (!manifest) return undefined;
  const { objective } = manifest;
  const runs = newestRuns(scanRuns(sweepDir, { objective }));
  return bestOf(pointsOf(resultsOf(manifest, [...runs.values()]), objective))?.trial.run.dir;
}

export type Point = PointResult<RunResult>;

/** In the order of the sweep, as the terminal and the report take them: equal ones are settled by it. */
export function resultsOf({ trials }: SweepManifest, runs: readonly RunSummary[]): RunResult[] {
  const byTrial = new Map(runs.map((run) => [run.trial, run]));
  return trials.flatMap(({ id, axes, point }) => {
    const run = byTrial.get(id);
    return run ? [{ point, axes, finished: run.status === 'finished', value: run.best, run }] : [];
  });
}

/**
 * After each finished trial, in the order in which they finished: its value (`trial/…`), the mean of the best point so far (`best/…`),
 * and the best single seed so far (`best_seed/…`).
 */
export function pointsAfterEach(finished: readonly RunResult[], objective: Objective): Metric[] {
  const metrics: Metric[] = [];
  const values = new Map<string | number, number[]>();
  const means = new Map<string | number, number>();
  let best: string | number | undefined;
  let single: number | undefined;
  const isBetter = (point: string | number) =>
    best === undefined || compareValues(means.get(point), means.get(best), objective) < 0;
  for (const [i, trial] of finished.entries()) {
    const { point, value, run } = trial;
    if (value === undefined) continue;
    const add = (name: string, what: number) =>
      metrics.push(metric(legalKey(`${name}/${objective.metric}`), what, run.changed ?? 0, i + 1));
    add('trial', value);
    const final = finalValue(trial);
    if (final !== undefined) {
      if (compareValues(final, single, objective) < 0) single = final;
      values.set(point, [...(values.get(point) ?? []), final]);
      means.set(point, resultOf(values.get(point)!, objective.metric)!.mean);
      // A further seed may have made the best one worse.
      if (point === best) for (const other of means.keys()) best = isBetter(other) ? other : best;
      else if (isBetter(point)) best = point;
    }
    if (best !== undefined) add('best', means.get(best)!);
    if (single !== undefined) add('best_seed', single);
  }
  return metrics;
}

/**
 * The scores of the best point as means over its seeds, by the names that runs have them under, so that the sweep stands beside them in
 * MLflow's lists; and half of the objective's 95 % interval.
 */
export function bestScores(
  points: readonly Point[],
  objective: Objective,
  step: number,
  time: number,
): Metric[] {
  const best = bestOf(points)?.point;
  if (!best) return [];
  const means = [...new Set([objective.metric, ...scoresOf([best])])].flatMap((name) => {
    const mean = name === objective.metric ? best.result.mean : scoreOf(best, name)?.mean;
    return mean === undefined ? [] : [metric(legalKey(bestName(name)), mean, time, step)];
  });
  const { half } = best.result;
  const key = legalKey(`best_interval/${objective.metric}`);
  return half === undefined ? means : [...means, metric(key, half, time, step)];
}

/** Names of the validation's and test's scores that finished trials have. */
function scoresOf(points: readonly Point[]): string[] {
  const names = new Set<string>();
  for (const { trials } of points)
    for (const { run, finished } of trials)
      if (finished)
        for (const name of Object.keys(run.metrics)) if (/^(val|test)\//.test(name)) names.add(name);
  return [...names].sort();
}

const scoreOf = ({ trials }: Point, name: string) =>
  intervalOf(
    trials.flatMap(({ run, finished }) => {
      const value = finished && Object.hasOwn(run.metrics, name) ? run.metrics[name] : undefined;
      return value !== undefined && Number.isFinite(value) ? [value] : [];
    }),
  );

/** A row for each point, the best first, as CSV: its axes, trials and seeds, and each score's mean with half of its 95 % interval. */
export function pointsTable(points: readonly Point[], objective: Objective): string {
  const axes = [...new Set(points.flatMap((point) => Object.keys(point.axes)))];
  const names = scoresOf(points).filter((name) => name !== objective.metric);
  const header = [
    ...axes,
    'finished',
    'failed',
    objective.metric,
    `${objective.metric} ±`,
    `${objective.metric} best seed`,
    ...names.flatMap((name) => [name, `${name} ±`]),
  ];
  const rows = points.map((point) => {
    const { result, values, trials } = point;
    const singles = [...values].sort((a, b) => compareValues(a, b, objective));
    return [
      ...axes.map((axis) => point.axes[axis]),
      trials.filter(({ finished }) => finished).length,
      trials.filter(({ run }) => run.status === 'failed').length,
      result?.mean,
      result?.half,
      singles[0],
      ...names.flatMap((name) => {
        const score = scoreOf(point, name);
        return [score?.mean, score?.half];
      }),
    ];
  });
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\n');
}

function cell(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Spreadsheets take what begins so for a formula.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const SHOWN = 20; // rows of the description

/** What a sweep has found so far, as Markdown: the best point with its interval, the best single seed, counts, and a row for each point. */
export function foundSoFar(
  manifest: SweepManifest,
  points: readonly Point[],
  runs: readonly RunSummary[],
): string {
  const { objective, trials, planned = 0 } = manifest;
  const count = (...wanted: RunSummary['status'][]) =>
    runs.filter(({ status }) => wanted.includes(status)).length;
  const counts = [
    `${count('finished')} of ${plural(Math.max(trials.length, planned), 'trial')} finished`,
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('pruned') > 0 ? [`${count('pruned')} stopped early`] : []),
    ...(count('stopped', 'interrupted') > 0 ? [`${count('stopped', 'interrupted')} stopped`] : []),
  ].join(', ');
  const best = bestOf(points);
  if (!best) return `${counts}.`;
  const { point } = best;
  const [single] = points.flatMap(({ values }) => values).sort((a, b) => compareValues(a, b, objective));
  const seeds = point.values.length > 1 && !point.result.weak ? `, mean of ${point.values.length} seeds` : '';
  const text = `**Best: ${markdown(nameOf(point))}**, ${markdown(objective.metric)} ${resultText(point.result, formatScore)}${seeds}; best single trial ${formatScore(single!)}. ${counts}.`;
  const others = [
    'val/gender_accuracy',
    'val/identity_top1',
    'test/combined',
    'test/gender_accuracy',
    'test/identity_top1',
  ];
  const known = scoresOf(points);
  const names = others.filter((name) => name !== objective.metric && known.includes(name));
  const ranked = points.filter(({ result }) => result);
  const rows = ranked.slice(0, SHOWN).map((shown) => [
    markdown(nameOf(shown)),
    resultText(shown.result!, formatScore),
    ...names.map((name) => {
      const mean = scoreOf(shown, name)?.mean;
      return mean === undefined ? '' : formatScore(mean);
    }),
    String(shown.values.length),
  ]);
  const table = markdownTable(['point', ...[objective.metric, ...names].map(markdown), 'trials'], rows);
  const rest = ranked.length > SHOWN ? `\n\nThe other ${ranked.length - SHOWN} are in points.csv.` : '';
  return `${text}\n\n${table}${rest}`;
}

const nameOf = ({ axes }: Point): string => differences(axes).join(' ') || 'the only point';
