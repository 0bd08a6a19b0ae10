/**
 * One free number of a space, as the density estimator sees it. A choice is the index of a value; a number is in the units of its axis,
 * ends included, with `step` one of low, low + step, … high, and on a logarithmic scale with `log`.
 */
export type Coordinate =
  | { kind: 'choice'; size: number }
  | { kind: 'number'; low: number; high: number; log?: boolean; step?: number };

export type NumberCoordinate = Extract<Coordinate, { kind: 'number' }>;

/** Where kernels live: the logarithm where the scale is logarithmic, half a step beyond the ends if there are steps. */
export interface Scale {
  low: number;
  high: number;
  /** From the axis' units to the scale's. */
  to(value: number): number;
  from(scaled: number): number;
  /** The ends of the cell of a value that has steps. */
  cell?(value: number): [number, number];
}

export function scaleOf({ low, high, log, step }: NumberCoordinate): Scale {
  const to = log ? Math.log : (value: number) => value;
  const from = log ? Math.exp : (value: number) => value;
  if (step === undefined) return { low: to(low), high: to(high), to, from };
  const half = step / 2;
  // On a logarithmic scale the first cell cannot reach 0.
  const bottom = log && low - half <= 0 ? low : low - half;
  return {
    low: to(bottom),
    high: to(high + half),
    to,
    from: (scaled) => Math.min(high, Math.max(low, low + Math.round((from(scaled) - low) / step) * step)),
    cell: (value) => [to(Math.max(bottom, value - half)), to(value + half)],
  };
}
