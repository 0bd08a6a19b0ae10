import { logMass } from '../../base/normal.ts';

/** What an axis may be. */
export type Domain =
  | { kind: 'choice'; size: number }
  | { kind: 'number'; low: number; high: number; log?: boolean };

export interface ImportanceAxis {
  domain: Domain;
  /** Of each trial: the index of a choice, or a number; undefined where the trial does not have the axis. */
  values: readonly (number | undefined)[];
}

const QUANTILE = 0.1;
const STEPS = 50;
const LEAST = 2; // trials of an axis that some have and others have not

/**
 * How much each axis has to do with being among the best tenth (PED-ANOVA, Watanabe, Bansal and Hutter, IJCAI 2023), as Optuna 5
 * counts it: the Pearson divergence of the Parzen estimators of the best and of all trials. Shares that add up to 1, in the order of the
 * axes; all 0 with fewer than two trials or where the best are all. `losses`: lower is better, finite.
 */
export function importances(axes: readonly ImportanceAxis[], losses: readonly number[]): number[] {
  const n = losses.length;
  if (n < 2) return axes.map(() => 0);
  const cutoff = losses.toSorted((a, b) => a - b)[Math.ceil(QUANTILE * n) - 1]!;
  const best = losses.map((loss) => loss <= cutoff);
  const count = best.filter(Boolean).length;
  const quantile = count / n;
  const raw = axes.map(({ domain, values }) => {
    const having = [...values.keys()].filter((i) => values[i] !== undefined);
    const top = having.filter((i) => best[i]);
    if (having.length < LEAST || top.length === 0 || isSingle(domain)) return 0;
    const of = (chosen: readonly number[]) =>
      density(
        domain,
        chosen.map((i) => values[i]!),
      );
    const share = (top.length / count) ** 2 / (having.length / n);
    return share * divergence(of(top), of(having)) * quantile ** 2;
  });
  const total = raw.reduce((a, b) => a + b, 0);
  return total > 0 ? raw.map((value) => value / total) : raw.map(() => 0);
}

const isSingle = (domain: Domain): boolean =>
  domain.kind === 'choice' ? domain.size < 2 : domain.low === domain.high;

const divergence = (top: Float64Array, all: Float64Array): number =>
  top.reduce((sum, p, i) => {
    const q = all[i]! + 1e-12;
    return sum + q * ((p + 1e-12) / q - 1) ** 2;
  }, 0);

/** The masses of a grid's cells by a Parzen estimator with Scott's bandwidth (1992). */
function density(domain: Domain, values: readonly number[]): Float64Array {
  const size = domain.kind === 'choice' ? domain.size : STEPS;
  const counts = new Float64Array(size);
  for (const value of values) counts[cellOf(domain, value)]!++;
  const cells = [...counts.keys()].filter((cell) => counts[cell]! > 0);
  const total = values.length;
  const weights = [...cells.map((cell) => counts[cell]! / (total + 1)), 1 / (total + 1)];
  const found = new Float64Array(size);
  const add = (weight: number, mass: (cell: number) => number) => {
    for (let cell = 0; cell < size; cell++) found[cell]! += weight * mass(cell);
  };
  if (domain.kind === 'choice') {
    // A kernel for each choice that was seen, and a flat one.
    const flat = 1 / (cells.length + 1);
    for (const [k, own] of cells.entries())
      add(weights[k]!, (cell) => (flat + Number(cell === own)) / (size * flat + 1));
    add(weights.at(-1)!, () => 1 / size);
    return found;
  }
  const sigma = Math.max(bandwidth(cells, counts, total), 0.5 / 1.64);
  for (const [k, own] of cells.entries()) add(weights[k]!, normal(own, sigma, size));
  add(weights.at(-1)!, normal((size - 1) / 2, size, size));
  return found;
}

function cellOf(domain: Domain, value: number): number {
  if (domain.kind === 'choice') return value;
  const place = domain.log ? Math.log : (x: number) => x;
  const [low, high] = [place(domain.low), place(domain.high)];
  const step = (high - low) / (STEPS - 1);
  // Midway between two cells is the lower one.
  return Math.min(STEPS - 1, Math.max(0, Math.ceil((place(value) - low) / step - 0.5)));
}

function bandwidth(cells: readonly number[], counts: Float64Array, total: number): number {
  const mean = cells.reduce((sum, cell) => sum + cell * counts[cell]!, 0) / total;
  const square = cells.reduce((sum, cell) => sum + (cell - mean) ** 2 * counts[cell]!, 0);
  const deviation = Math.sqrt(square / Math.max(1, total - 1));
  let sum = 0;
  const upTo = cells.map((cell) => {
    sum += counts[cell]!;
    return sum;
  });
  const first = upTo.findIndex((some) => some >= Math.floor(total / 4));
  const third = upTo.findIndex((some) => some > Math.floor((total * 3) / 4));
  const range = cells[third < 0 ? cells.length - 1 : third]! - cells[first]!;
  return 1.059 * Math.min(range / 1.34, deviation) * total ** -0.2;
}

/** The mass of each cell under a normal distribution within the grid. */
function normal(mean: number, sigma: number, size: number): (cell: number) => number {
  const z = (x: number) => (x - mean) / sigma;
  const whole = logMass(z(-0.5), z(size - 0.5));
  return (cell) => Math.exp(logMass(z(cell - 0.5), z(cell + 0.5)) - whole);
}
