import { type Difference, isShown, pairedDifference, welchDifference } from '../base/difference.ts';
import { finalValue, type PointResult, type TrialResult } from './results.ts';
import type { Objective } from './sweep-manifest.ts';

/**
 * Which of two is better, and by how much: `B is better by 0.021 [0.004, 0.037]`, or `no difference shown: B is at 0.003 [−0.010, 0.016]
 * from A`. The difference is the second minus the first; without an interval nothing is shown.
 */
export function differenceText(
  difference: Difference,
  {
    names: [first, second],
    mode = 'max',
    format = (value: number) => value.toFixed(3),
  }: { names: readonly [string, string]; mode?: 'min' | 'max'; format?: (value: number) => string },
): string {
  const { value, interval } = difference;
  const signed = (number: number) => format(number).replace('-', '−');
  if (interval === undefined)
    return `no difference shown: ${second} − ${first} = ${signed(value)}, of too few for an interval`;
  const [low, high] = interval;
  if (!isShown(difference))
    return `no difference shown: ${second} − ${first} = ${signed(value)} [${signed(low)}, ${signed(high)}]`;
  const [least, most] = value < 0 ? [-high, -low] : [low, high];
  const winner = value > 0 === (mode === 'max') ? second : first;
  return `${winner} is better by ${signed(Math.abs(value))} [${signed(least)}, ${signed(most)}]`;
}

/** How two points' results over seeds differ. */
export interface SeedDifference extends Difference {
  /** paired: the same seeds, pair by pair; welch: seeds of their own. */
  method: 'paired' | 'welch';
  /** How many seeds it is of: of both, or of each. */
  seeds: readonly number[];
}

/** Values by seed; paired where at least two seeds are both's. Undefined if one has no value. */
export function seedDifference(
  first: readonly SeedValue[],
  second: readonly SeedValue[],
): SeedDifference | undefined {
  const known = new Map(second.flatMap(({ seed, value }) => (seed === undefined ? [] : [[seed, value]])));
  const shared = first.filter(({ seed }) => seed !== undefined && known.has(seed));
  if (shared.length >= 2 || (shared.length === 1 && first.length === 1 && second.length === 1)) {
    const found = pairedDifference(
      shared.map(({ value }) => value),
      shared.map(({ seed }) => known.get(seed!)!),
    );
    return found && { ...found, method: 'paired', seeds: [shared.length] };
  }
  const values = (side: readonly SeedValue[]) => side.map(({ value }) => value);
  const found = welchDifference(values(first), values(second));
  return found && { ...found, method: 'welch', seeds: [first.length, second.length] };
}

export interface SeedValue {
  seed?: number | undefined;
  value: number;
}

/** The finished trials of a point with their seeds. */
const seedValues = (point: PointResult): SeedValue[] =>
  point.trials.flatMap((trial: TrialResult) => {
    const value = finalValue(trial);
    return value === undefined ? [] : [{ seed: trial.seed, value }];
  });

/** What won a sweep, in words and figures. */
export interface Lead {
  /** One sentence. */
  text: string;
  /** The second's objective minus the best one's. Undefined if only one point has a result. */
  difference?: SeedDifference;
}

/**
 * What won a sweep and by how much: `alpha=0.25 has the best val/combined, 0.825: better than the second, alpha=0.5, by 0.021 [0.004, 0.037]`.
 * `points` as pointsOf returns them, the best first. Undefined if none has a result.
 */
export function leadOf(points: readonly PointResult[], { metric, mode }: Objective): Lead | undefined {
  const [best, second] = points.filter(({ result }) => result);
  if (!best?.result) return undefined;
  const all = points.map(({ axes }) => axes);
  const name = pointName(best.axes, all);
  const gap = second?.result ? Math.abs(best.result.mean - second.result.mean) : 1;
  // So many decimals that the two are not the same.
  const decimals = gap === 0 || gap >= 0.001 ? 3 : Math.min(9, 1 + Math.ceil(-Math.log10(gap)));
  const format = (value: number) => value.toFixed(decimals);
  if (points.length === 1 && !name)
    return { text: `The only point has ${metric} ${format(best.result.mean)}.` };
  const won = `${name || 'The only point'} has the best ${metric}, ${format(best.result.mean)}`;
  if (!second) return { text: `${won}; no other point has a result.` };
  const difference = seedDifference(seedValues(best), seedValues(second));
  if (!difference) return { text: `${won}.` };
  const named = pointName(second.axes, all);
  // Values that differ after the fourth digit have one name.
  const other = named === name ? 'the second' : named;
  const sign = mode === 'max' ? -1 : 1;
  // As the best one's lead, which is positive.
  const lead = sign * difference.value;
  const signed = (value: number) => format(value).replace('-', '−');
  if (difference.interval === undefined)
    return {
      difference,
      text: `${won}, ${signed(lead)} ahead of ${other}: no difference is shown, for one seed tells nothing of the spread.`,
    };
  const [low, high] = difference.interval.map((end) => sign * end).sort((a, b) => a - b) as [number, number];
  const by = `${signed(lead)} [${signed(low)}, ${signed(high)}]`;
  const how =
    difference.method === 'paired'
      ? `${difference.seeds[0]} seeds, paired`
      : `${difference.seeds.join(' and ')} seeds`;
  if (low > 0) return { difference, text: `${won}: better than the second, ${named}, by ${by} (${how}).` };
  return {
    difference,
    text: `${won}; no difference to the second, ${named}, is shown: ${by} (${how}).`,
  };
}

/** A point by what tells it from the others: `alpha=0.25 beta=0.75`; axes whose last keys are alike keep their paths. */
export function pointName(
  axes: Readonly<Record<string, unknown>>,
  among: readonly Readonly<Record<string, unknown>>[] = [axes],
): string {
  const paths = [...new Set(among.flatMap((one) => Object.keys(one)))];
  const last = (path: string) => path.slice(path.lastIndexOf('.') + 1);
  const telling = paths.filter(
    (path) => among.length < 2 || new Set(among.map((one) => JSON.stringify(one[path]))).size > 1,
  );
  return telling
    .filter((path) => Object.hasOwn(axes, path))
    .map((path) => {
      const alone = telling.filter((other) => last(other) === last(path)).length === 1;
      return `${alone ? last(path) : path}=${shortValue(axes[path])}`;
    })
    .join(' ');
}

/** Four digits that count; powers of ten far from one. */
function shortNumber(value: number): string {
  const size = Math.abs(value);
  return size > 0 && (size < 1e-4 || size >= 1e7)
    ? String(value.toExponential(2)).replace(/\.?0+e/, 'e')
    : String(Number(value.toPrecision(4)));
}

const LONGEST = 28; // characters

function shortValue(value: unknown): string {
  const text =
    typeof value === 'number' && Number.isFinite(value)
      ? shortNumber(value)
      : typeof value === 'string'
        ? value
        : (JSON.stringify(value) ?? '–');
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
