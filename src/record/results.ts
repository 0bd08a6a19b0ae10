import { intervalOf } from '../base/statistics.ts';
import type { Objective } from './sweep-manifest.ts';

/** A trial of a sweep with what its result is made of. */
export interface TrialResult {
  /** Which point it belongs to: trials that differ in their seed alone share it. */
  point: string | number;
  axes: Readonly<Record<string, unknown>>;
  /** Whether `value` is final. */
  finished: boolean;
  /** Of the objective. */
  value?: number;
  /** Two points' trials of one seed are a pair. */
  seed?: number | undefined;
  /** Of a finished trial: its final metrics. */
  metrics?: Readonly<Record<string, number>> | undefined;
}

/** The mean of a point's finished trials. */
export interface Result {
  mean: number;
  /** How many trials it is of. */
  n: number;
  /** Half of the 95 % interval of the mean (Student's t); undefined for a single trial. */
  half?: number;
  /** The interval, which for a score ends where the score does; undefined for a single trial. */
  interval?: [low: number, high: number];
  /** It is of fewer than three seeds, which say little of the spread. */
  weak: boolean;
}

/** Trials with the same values and different seeds: one result. */
export interface PointResult<T extends TrialResult = TrialResult> {
  axes: Readonly<Record<string, unknown>>;
  /** In the order in which they were given. */
  trials: T[];
  /** The finite values of its finished trials. */
  values: number[];
  /** Undefined if no trial has a value. */
  result?: Result;
}

/**
 * The points of a sweep, the best first; equal ones in the order of their trials, those without a result last. The trials are given
 * in the order of the sweep.
 */
export function pointsOf<T extends TrialResult>(trials: Iterable<T>, objective: Objective): PointResult<T>[] {
  const points = new Map<string | number, PointResult<T>>();
  for (const trial of trials) {
    const point = points.get(trial.point) ?? { axes: trial.axes, trials: [], values: [] };
    points.set(trial.point, point);
    point.trials.push(trial);
    const value = finalValue(trial);
    if (value !== undefined) point.values.push(value);
  }
  for (const point of points.values()) {
    const result = resultOf(point.values, objective.metric);
    if (result) point.result = result;
  }
  return [...points.values()].sort((a, b) => compareValues(a.result?.mean, b.result?.mean, objective));
}

/** The best point and the first of its trials that has finished, which stands for it; undefined if no trial has a value. */
export function bestOf<T extends TrialResult>(
  points: readonly PointResult<T>[],
): { point: PointResult<T> & { result: Result }; trial: T } | undefined {
  const [point] = points;
  const trial = point?.trials.find((trial) => finalValue(trial) !== undefined);
  if (!point?.result || !trial) return undefined;
  return { point: { ...point, result: point.result }, trial };
}

/** Undefined if the trial has not finished, or not with a finite value. */
export const finalValue = ({ finished, value }: TrialResult): number | undefined =>
  finished && value !== undefined && Number.isFinite(value) ? value : undefined;

/** For sorting: the better one first, what has no value last; equal ones stay as they are. */
export function compareValues(a: number | undefined, b: number | undefined, { mode }: Objective): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return mode === 'min' ? a - b : b - a;
}

/** The mean of values of a metric with its interval; undefined of none. */
export function resultOf(values: readonly number[], metric: string): Result | undefined {
  const found = intervalOf(values);
  if (!found) return undefined;
  const { mean, n, half } = found;
  const weak = n < 3;
  if (half === undefined) return { mean, n, weak };
  const bounded = isScore(metric) && values.every((value) => value >= 0 && value <= 1);
  const [least, most] = bounded ? [0, 1] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return { mean, n, half, interval: [Math.max(least, mean - half), Math.min(most, mean + half)], weak };
}

/** Names of metrics that lie in 0 … 1, after their last slash. */
const scores =
  /^(?:.*_)?(?:combined|accuracy|precision|recall|f1|auc|eer|ece|top\d+|rank\d+)$|^tar_at_far_|^challenge_/;

const isScore = (metric: string): boolean => scores.test(metric.slice(metric.lastIndexOf('/') + 1));

/**
 * A result in words: `0.8312 ± 0.0021`; where a score's range cuts the interval `0.9870 (0.9615 … 1)`; of two seeds with a note that
 * it is weak. `format` writes the numbers.
 */
export function resultText(
  { mean, half, interval, n, weak }: Result,
  format: (value: number) => string,
): string {
  if (half === undefined || !interval) return format(mean);
  const cut = interval[0] > mean - half || interval[1] < mean + half;
  const spread = cut ? ` (${format(interval[0])} … ${format(interval[1])})` : ` ± ${format(half)}`;
  return `${format(mean)}${spread}${weak ? `, weak: ${n} seeds` : ''}`;
}

/** Whether more or less of a metric is better, by its name: losses and error rates fall. */
export const modeOf = (metric: string): Objective['mode'] =>
  /(?:^|[/_.])(?:loss|eer|ece|error|mae|mse|rmse|nll|perplexity|far|frr)$|_loss\/|gender_gap\//.test(metric)
    ? 'min'
    : 'max';
