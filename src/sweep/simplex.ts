import { multiple } from './distributions/quantise.ts';
import type { Axis, Coding, Dimension } from './space.ts';

/** More points than this in one simplex are a slip of the pen. */
const MAX_POINTS = 1_000_000;

/**
 * Axes whose values are at least 0 and add up to `total`. With a step its points are the compositions of total / step, the last axis
 * falling first; draws are Dirichlet(1, …, 1), rounded by largest remainders. Returns a sentence where the step does not divide the total.
 */
export function simplexDimension(
  axes: readonly Axis[],
  total: number,
  step: number | undefined,
): Dimension | string {
  const parts = step === undefined ? undefined : Math.round(total / step);
  if (step !== undefined && (parts! < 1 || Math.abs(parts! * step - total) > 1e-9 * total))
    return 'The step of a simplex must divide its total.';
  const size = parts === undefined ? undefined : binomial(parts + axes.length - 1, axes.length - 1);
  if (size !== undefined && size > MAX_POINTS) return `This simplex has more than ${MAX_POINTS} points.`;
  const values = (counts: readonly number[]) => counts.map((count) => multiple(0, step!, count));
  const roundedTo = (shares: readonly number[]) =>
    parts === undefined ? toTotal(shares, total) : values(largestRemainders(shares, parts));
  let listed: number[][] | undefined;
  return {
    axes,
    coordinates: axes.length,
    size,
    point(k) {
      listed ??= compositions(parts!, axes.length);
      return values(listed[k]!);
    },
    at(u, offset) {
      // Normalised exponentials are Dirichlet(1, …, 1).
      const draws = axes.map((_, i) => -Math.log1p(-u[offset + i]!));
      const sum = draws.reduce((a, b) => a + b, 0);
      const shares = draws.map((draw) => (sum > 0 ? draw / sum : 1 / axes.length));
      return roundedTo(shares);
    },
    coding:
      axes.length === 2 ? pairCoding(total, step, roundedTo) : stickCoding(axes.length, total, roundedTo),
  };
}

/** Two weights are one number: the first. */
function pairCoding(
  total: number,
  step: number | undefined,
  roundedTo: (shares: readonly number[]) => number[],
): Coding {
  return {
    coordinates: [{ kind: 'number', low: 0, high: total, ...(step === undefined ? {} : { step }) }],
    encode: (given) => (addUp(given, total) ? [Number(given[0])] : undefined),
    decode: (numbers) => roundedTo([numbers[0]! / total, 1 - numbers[0]! / total]),
  };
}

/**
 * n weights are n − 1 free numbers: what each takes of the rest that those before it left (Connor and Mosimann, 1969), scaled so that
 * the even distribution over the simplex is even in each.
 */
function stickCoding(n: number, total: number, roundedTo: (shares: readonly number[]) => number[]): Coding {
  return {
    coordinates: Array.from({ length: n - 1 }, () => ({ kind: 'number', low: 0, high: 1 }) as const),
    encode(given) {
      if (!addUp(given, total)) return undefined;
      let rest = total;
      return given.slice(0, -1).map((value, i) => {
        const share = rest > 1e-12 * total ? Math.min(1, Number(value) / rest) : 0.5;
        rest -= Number(value);
        return 1 - (1 - share) ** (n - 1 - i);
      });
    },
    decode(numbers) {
      let rest = 1;
      const shares = Array.from({ length: n - 1 }, (_, i) => {
        const share = rest * (1 - (1 - numbers[i]!) ** (1 / (n - 1 - i)));
        rest -= share;
        return share;
      });
      return roundedTo([...shares, Math.max(0, rest)]);
    },
  };
}

const addUp = (given: readonly unknown[], total: number): boolean =>
  given.every((value) => typeof value === 'number' && value >= 0) &&
  Math.abs((given as number[]).reduce((a, b) => a + b, 0) - total) <= 1e-9 * total;

/** Shares times the total; the last takes what rounding left, so that the sum is the total. */
function toTotal(shares: readonly number[], total: number): number[] {
  const values = shares.map((share) => share * total);
  const others = values.slice(0, -1).reduce((a, b) => a + b, 0);
  values[values.length - 1] = Math.max(0, total - others);
  return values;
}

function largestRemainders(shares: readonly number[], parts: number): number[] {
  const counts = shares.map((share) => Math.floor(share * parts));
  const order = shares
    .map((share, i) => ({ i, rest: share * parts - counts[i]! }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  let left = parts - counts.reduce((a, b) => a + b, 0);
  for (const { i } of order) {
    if (left-- <= 0) break;
    counts[i]!++;
  }
  return counts;
}

/** All ways to write `parts` as an ordered sum of `terms` counts, in lexicographic order. */
export function compositions(parts: number, terms: number): number[][] {
  if (terms === 1) return [[parts]];
  const all: number[][] = [];
  for (let first = 0; first <= parts; first++)
    for (const rest of compositions(parts - first, terms - 1)) all.push([first, ...rest]);
  return all;
}

function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return Math.round(value);
}
