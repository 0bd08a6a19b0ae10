import { Random } from './random.ts';
import { intervalOf, quantile, studentT } from './statistics.ts';

/** How much greater a second mean is than a first one. */
export interface Difference {
  /** Second minus first. */
  value: number;
  /** 95 %; undefined if there is too little for one. */
  interval?: [low: number, high: number];
}

/** The mean of differences of pairs with its interval by Student's t; undefined for no pairs. */
export function pairedDifference(
  first: readonly number[],
  second: readonly number[],
): Difference | undefined {
  const found = intervalOf(first.map((value, i) => second[i]! - value));
  if (!found) return undefined;
  const { mean, half } = found;
  return half === undefined ? { value: mean } : { value: mean, interval: [mean - half, mean + half] };
}

/**
 * The difference of the means of two independent samples with its interval (Welch, 1947), the degrees of freedom rounded down; undefined
 * if one is empty.
 */
export function welchDifference(first: readonly number[], second: readonly number[]): Difference | undefined {
  const [a, b] = [spreadOf(first), spreadOf(second)];
  if (!a || !b) return undefined;
  const value = b.mean - a.mean;
  if (a.error === undefined || b.error === undefined) return { value };
  const both = a.error + b.error;
  if (both === 0) return { value, interval: [value, value] };
  const freedom = both ** 2 / (a.error ** 2 / (first.length - 1) + b.error ** 2 / (second.length - 1));
  const half = studentT(Math.max(1, Math.floor(freedom + 1e-9))) * Math.sqrt(both);
  return { value, interval: [value - half, value + half] };
}

/** The mean and the square of its standard error. */
function spreadOf(values: readonly number[]): { mean: number; error: number | undefined } | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n === 1) return { mean, error: undefined };
  return { mean, error: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) / n };
}

/** What is drawn together: the sum of its differences and how many they are. */
export interface DifferenceUnit {
  sum: number;
  count: number;
}

/**
 * The mean difference with its interval by the percentile bootstrap over units, such as identities whose images are drawn together (Efron
 * and Tibshirani, 1993). Undefined without anything counted; without an interval of fewer than two units.
 */
export function bootstrapDifference(
  units: readonly DifferenceUnit[],
  { samples = 2000, seed = 0 } = {},
): Difference | undefined {
  const count = units.reduce((all, unit) => all + unit.count, 0);
  if (count === 0) return undefined;
  const value = units.reduce((all, unit) => all + unit.sum, 0) / count;
  if (units.length < 2) return { value };
  const random = new Random(seed, 'difference');
  const means = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let [sum, drawn] = [0, 0];
    for (let k = 0; k < units.length; k++) {
      const unit = units[random.integer(0, units.length - 1)]!;
      sum += unit.sum;
      drawn += unit.count;
    }
    means[sample] = drawn === 0 ? value : sum / drawn;
  }
  means.sort();
  return { value, interval: [quantile(means, 0.025), quantile(means, 0.975)] };
}

/**
 * The exact two-sided p-value of McNemar's test (1947): how likely it is that of the images that one of two models alone gets right so
 * unequal parts are each one's, if both are as good. 1 without such images.
 */
export function mcnemar(firstAlone: number, secondAlone: number): number {
  const n = firstAlone + secondAlone;
  const least = Math.min(firstAlone, secondAlone);
  let term = -n * Math.LN2;
  let sum = Math.exp(term);
  for (let k = 0; k < least; k++) {
    term += Math.log((n - k) / (k + 1));
    sum += Math.exp(term);
  }
  return Math.min(1, 2 * sum);
}

/** `p = 0.031`, or `p < 0.001`. */
export const pValueText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/** Whether the interval leaves no difference out of question. */
export const isShown = ({ interval }: Difference): boolean =>
  interval !== undefined && (interval[0] > 0 || interval[1] < 0);
