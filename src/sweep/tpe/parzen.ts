import { logDensity, logMass, truncatedQuantile } from '../../base/normal.ts';
import type { Random } from '../../base/random.ts';
import { type Coordinate, type Scale, scaleOf } from './coordinate.ts';

export interface DensityOptions {
  /** Of the observations; where left out the latest 25 count fully and older ones less and less. */
  weights?: Float64Array;
  /** Exponent of the least bandwidth, Watanabe's α: 1, as Optuna has it, where left out. */
  sharpness?: number;
}

/**
 * A density over several coordinates: a mixture of one product kernel per observation and one, the prior, over the whole range (Watanabe,
 * Tree-structured Parzen estimator, arXiv 2304.11127; the parameters are those of Optuna 5).
 */
export class ParzenEstimator {
  private readonly logWeights: Float64Array;
  private readonly cumulative: Float64Array;
  private readonly factors: readonly Factor[];

  /** `columns`: per coordinate the values of all observations, the oldest first. */
  constructor(
    coordinates: readonly Coordinate[],
    columns: ReadonlyArray<Float64Array>,
    { weights, sharpness = 1 }: DensityOptions = {},
  ) {
    const n = columns[0]?.length ?? 0;
    weights ??= recencyWeights(n);
    const sum = weights.reduce((a, b) => a + b, 1);
    const all = Float64Array.from({ length: n + 1 }, (_, k) => (k < n ? weights[k]! : 1) / sum);
    this.logWeights = all.map(Math.log);
    let total = 0;
    this.cumulative = all.map((weight) => {
      total += weight;
      return total;
    });
    this.factors = coordinates.map((coordinate, i) =>
      coordinate.kind === 'choice'
        ? new ChoiceFactor(columns[i]!, coordinate.size)
        : new NumberFactor(columns[i]!, scaleOf(coordinate), sharpness),
    );
  }

  /** `count` points, each with one value per coordinate. */
  sample(random: Random, count: number): Float64Array[] {
    return Array.from({ length: count }, () => {
      const u = random.uniform();
      let kernel = this.cumulative.findIndex((sum) => u < sum);
      if (kernel === -1) kernel = this.cumulative.length - 1;
      return Float64Array.from(this.factors, (factor) => factor.sample(random, kernel));
    });
  }

  /** The logarithm of the density at each point; on logarithmic scales that of the logarithm, in cells with steps their mass. */
  logDensity(points: ReadonlyArray<ArrayLike<number>>): Float64Array {
    const kernels = this.logWeights.length;
    const terms = new Float64Array(kernels);
    return Float64Array.from(points, (point) => {
      terms.set(this.logWeights);
      for (const [i, factor] of this.factors.entries()) factor.add(point[i]!, terms);
      let most = -Infinity;
      for (let k = 0; k < kernels; k++) if (terms[k]! > most) most = terms[k]!;
      if (most === -Infinity) return most;
      let sum = 0;
      for (let k = 0; k < kernels; k++) {
        const below = terms[k]! - most;
        // Less than a double's last digit.
        if (below > -45) sum += Math.exp(below);
      }
      return Math.log(sum) + most;
    });
  }
}

/** 1 for up to 25 observations; of more the latest 25 have 1 and the others rise to it in even steps from 1/n. */
export function recencyWeights(n: number): Float64Array {
  const ramp = n - 25;
  return Float64Array.from({ length: n }, (_, i) => {
    if (n < 25 || i >= ramp) return 1;
    return ramp === 1 ? 1 / n : 1 / n + (i * (1 - 1 / n)) / (ramp - 1);
  });
}

/** One coordinate of every kernel. */
interface Factor {
  sample(random: Random, kernel: number): number;
  /** Adds the logarithm of every kernel's density at a value. */
  add(value: number, terms: Float64Array): void;
}

/** A kernel has its observation's value with one observation more than any other; the prior has all alike. */
class ChoiceFactor implements Factor {
  private readonly other: number;
  private readonly own: number;

  constructor(
    private readonly values: Float64Array,
    private readonly size: number,
  ) {
    const kernels = values.length + 1;
    const sum = 1 + size / kernels;
    this.other = 1 / kernels / sum;
    this.own = (1 + 1 / kernels) / sum;
  }

  sample(random: Random, kernel: number): number {
    const own = this.values[kernel];
    const u = random.uniform();
    if (own === undefined) return Math.min(this.size - 1, Math.floor(u * this.size));
    if (u < this.own) return own;
    const index = Math.min(this.size - 2, Math.floor((u - this.own) / this.other));
    return index < own ? index : index + 1;
  }

  add(value: number, terms: Float64Array): void {
    const { values } = this;
    const own = Math.log(this.own);
    const other = Math.log(this.other);
    const n = values.length;
    for (let k = 0; k < n; k++) terms[k]! += values[k] === value ? own : other;
    terms[n]! -= Math.log(this.size);
  }
}

/** Truncated normals, or their masses in the cells of a scale with steps. */
class NumberFactor implements Factor {
  private readonly means: Float64Array;
  private readonly deviations: Float64Array;
  /** Of a kernel's mass within the range, and for a density of its deviation: what does not depend on the value. */
  private readonly constants: Float64Array;
  /** With steps, the first kernel that is the same as this one: their masses are equal. */
  private readonly same: Int32Array | undefined;
  private readonly masses = new Map<number, Float64Array>();

  constructor(
    values: Float64Array,
    private readonly scale: Scale,
    sharpness: number,
  ) {
    const { low, high } = scale;
    const n = values.length;
    this.means = new Float64Array(n + 1);
    for (let k = 0; k < n; k++) this.means[k] = scale.to(values[k]!);
    this.deviations = bandwidths(this.means.subarray(0, n), scale, sharpness);
    this.means[n] = 0.5 * (low + high);
    this.same = scale.cell ? firstAlike(this.means, this.deviations) : undefined;
    this.constants = new Float64Array(n + 1);
    for (let k = 0; k <= n; k++) {
      const first = this.same?.[k];
      if (first !== undefined && first < k) {
        this.constants[k] = this.constants[first]!;
        continue;
      }
      const mean = this.means[k]!;
      const deviation = this.deviations[k]!;
      this.constants[k] =
        -logMass((low - mean) / deviation, (high - mean) / deviation) -
        (scale.cell ? 0 : Math.log(deviation) - logDensity(0));
    }
  }

  sample(random: Random, kernel: number): number {
    const { low, high } = this.scale;
    const mean = this.means[kernel]!;
    const deviation = this.deviations[kernel]!;
    const z = truncatedQuantile(random.uniform(), (low - mean) / deviation, (high - mean) / deviation);
    return this.scale.from(Math.min(high, Math.max(low, mean + z * deviation)));
  }

  add(value: number, terms: Float64Array): void {
    const { means, deviations, constants } = this;
    const n = means.length;
    if (this.same) {
      this.addMass(value, terms, this.same);
      return;
    }
    const x = this.scale.to(value);
    for (let k = 0; k < n; k++) {
      const z = (x - means[k]!) / deviations[k]!;
      terms[k]! += constants[k]! - 0.5 * z * z;
    }
  }

  private addMass(value: number, terms: Float64Array, same: Int32Array): void {
    let masses = this.masses.get(value);
    if (!masses) {
      masses = this.massesAt(value, same);
      this.masses.set(value, masses);
    }
    for (let k = 0; k < terms.length; k++) terms[k]! += masses[k]!;
  }

  /** The logarithm of every kernel's mass in the cell of a value; candidates share few values. */
  private massesAt(value: number, same: Int32Array): Float64Array {
    const { means, deviations, constants } = this;
    const [left, right] = this.scale.cell!(value);
    const masses = new Float64Array(means.length);
    for (let k = 0; k < means.length; k++) {
      const first = same[k]!;
      const deviation = deviations[k]!;
      masses[k] =
        first < k
          ? masses[first]!
          : logMass((left - means[k]!) / deviation, (right - means[k]!) / deviation) + constants[k]!;
    }
    return masses;
  }
}

/**
 * The deviation of each observation's kernel: the larger gap to its neighbours, within range / min(100, (n + 2)^sharpness) and the range;
 * the prior's is the range.
 */
function bandwidths(means: Float64Array, { low, high }: Scale, sharpness: number): Float64Array {
  const n = means.length;
  const sorted = means.slice().sort();
  const range = high - low;
  const least = range / Math.min(100, (n + 2) ** sharpness);
  const found = new Float64Array(n + 1);
  // Equal ones lie side by side in the order of their numbers.
  const taken = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    const mean = means[k]!;
    const first = lowerBound(sorted, mean);
    const i = first + taken[first]!++;
    const before = i > 0 ? mean - sorted[i - 1]! : n > 1 ? 0 : mean - low;
    const after = i < n - 1 ? sorted[i + 1]! - mean : n > 1 ? 0 : high - mean;
    found[k] = Math.min(range, Math.max(least, before, after));
  }
  found[n] = range;
  return found;
}

/** Index of the first of sorted values that is not less. */
function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAlike(means: Float64Array, deviations: Float64Array): Int32Array {
  const known = new Map<number, [deviation: number, first: number][]>();
  const found = new Int32Array(means.length);
  for (let k = 0; k < means.length; k++) {
    const deviation = deviations[k]!;
    let alike = known.get(means[k]!);
    if (!alike) {
      alike = [];
      known.set(means[k]!, alike);
    }
    const first = alike.find(([other]) => other === deviation);
    if (!first) alike.push([deviation, k]);
    found[k] = first ? first[1] : k;
  }
  return found;
}
