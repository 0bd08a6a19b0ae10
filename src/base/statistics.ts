export interface Interval {
  mean: number;
  /** Half of the 95 % interval of the mean; undefined for a single value. */
  half?: number;
  /** How many values it is of. */
  n: number;
}

/** The mean of values with its 95 % interval by Student's t; undefined for no values. */
export function intervalOf(values: readonly number[]): Interval | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n === 1) return { mean, n };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, half: studentT(n - 1) * Math.sqrt(variance / n), n };
}

/**
 * The two-sided quantile of Student's t: within ± this lies `level` of the distribution with `freedom` (a whole number) degrees of
 * freedom. Relative error below 1e-9 for levels 0.5 … 0.999.
 */
export function studentT(freedom: number, level = 0.95): number {
  // A(t, ν) − level, solved by Newton's method in θ = atan(t / √ν): A rises and is concave there, so it converges from the left.
  let theta = 0;
  for (let i = 0; i < 200; i++) {
    const step = (level - within(theta, freedom)) / slope(theta, freedom);
    theta += step;
    if (Math.abs(step) <= 1e-15 * theta) break;
  }
  return Math.sqrt(freedom) * Math.tan(theta);
}

/** How much of the distribution lies within ± √ν tan θ (Abramowitz and Stegun, 26.7.3 and 26.7.4). */
function within(theta: number, freedom: number): number {
  const sine = Math.sin(theta);
  const cosine = Math.cos(theta);
  let term = freedom % 2 === 0 ? 1 : cosine;
  let sum = freedom === 1 ? 0 : term;
  for (let k = freedom % 2 === 0 ? 2 : 3; k < freedom; k += 2) {
    term *= (cosine * cosine * (k - 1)) / k;
    sum += term;
  }
  return freedom % 2 === 0 ? sine * sum : (2 / Math.PI) * (theta + sine * sum);
}

/** The derivative of `within`: c cosᵛ⁻¹ θ, where c makes it 1 over the quarter turn. */
function slope(theta: number, freedom: number): number {
  let factor = freedom % 2 === 0 ? 1 : 2 / Math.PI;
  for (let k = freedom % 2 === 0 ? 2 : 1; k < freedom; k += 2) factor *= (k + 1) / k;
  return factor * Math.cos(theta) ** (freedom - 1);
}

/** A quantile of rising values with linear interpolation, as numpy.quantile. */
export function quantile(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
];
const B = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

/** The standard normal quantile (Acklam, 2003; relative error below 1.2e-9); u = 0 counts as 2⁻⁵³. */
export function normalQuantile(u: number): number {
  const p = Math.min(1 - 2 ** -53, Math.max(2 ** -53, u));
  if (p > 0.97575) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(C, q) / polynomial(D, q);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(A, r) * q) / polynomial(B, r);
}
