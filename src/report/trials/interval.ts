export interface Interval {
  mean: number;
  /** Half of the 95 % interval of the mean; undefined for a single value. */
  half?: number;
  /** How many values it is of. */
  n: number;
}

/** The mean of some values with its 95 % interval by Student's t; undefined of none. */
export function intervalOf(values: readonly number[]): Interval | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n === 1) return { mean, n };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, half: studentT(n - 1) * Math.sqrt(variance / n), n };
}

/** Two-sided 95 %, for 1 to 12 degrees of freedom. */
const T = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788];

/** Beyond the table by the expansion about the normal quantile (Abramowitz and Stegun, 26.7.5). */
export function studentT(freedom: number): number {
  const listed = T[freedom - 1];
  if (listed !== undefined) return listed;
  const z = 1.959964;
  const v = freedom;
  return (
    z +
    (z ** 3 + z) / (4 * v) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * v ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * v ** 3)
  );
}
