/** The normal distribution where it is thin: logarithms of its masses, and quantiles of its truncated forms. */

const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

// W. J. Cody, Rational Chebyshev approximations for the error function, Mathematics of Computation 23 (1969).
const A = [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694];
const B = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const C = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const D = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const P = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const Q = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i]!;
  return sum;
}

/** exp(x²) erfc(x) for x ≥ 0, to about 1e-16 of its value. */
function scaledErfc(x: number): number {
  if (x <= 0.46875) {
    const square = x * x;
    return Math.exp(square) * (1 - (x * polynomial(A, square)) / polynomial(B, square));
  }
  if (x <= 4) return polynomial(C, x) / polynomial(D, x);
  const inverse = 1 / (x * x);
  return (1 / Math.sqrt(Math.PI) - (inverse * polynomial(P, inverse)) / polynomial(Q, inverse)) / x;
}

/** The mass of the standard normal below z. */
export function cdf(z: number): number {
  if (z > 0) return 1 - cdf(-z);
  return 0.5 * Math.exp(-0.5 * z * z) * scaledErfc(-z * Math.SQRT1_2);
}

/** The logarithm of the mass below z, exact also where the mass itself underflows. */
export function logCdf(z: number): number {
  if (z > 0) return Math.log1p(-cdf(-z));
  return Math.log(0.5 * scaledErfc(-z * Math.SQRT1_2)) - 0.5 * z * z;
}

const FAR = 9;

/** The logarithm of the mass between a and b, a < b; −∞ where they are equal. */
export function logMass(a: number, b: number): number {
  if (a > 0) return logMass(-b, -a);
  // What lies beyond it is less than the last digit of the rest.
  if (a < -FAR && b > -1) return b > FAR ? 0 : logCdf(b);
  if (b > 0) return Math.log1p(-cdf(a) - cdf(-b));
  const upper = logCdf(b);
  return upper + Math.log1p(-Math.exp(logCdf(a) - upper));
}

/** The logarithm of the standard normal density. */
export const logDensity = (z: number): number => -0.5 * z * z - LOG_SQRT_2PI;

/** z in [a, b] below which the share q of the mass between a and b lies. */
export function truncatedQuantile(q: number, a: number, b: number): number {
  if (q <= 0) return a;
  if (q >= 1) return b;
  // The left tail is the one that is exact.
  if (a >= 0) return -truncatedQuantile(1 - q, -b, -a);
  const z = quantileOfLog(logSum(logCdf(a), Math.log(q) + logMass(a, b)));
  return Math.min(b, Math.max(a, z));
}

function logSum(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most));
}

/** z with logCdf(z) = y, by Newton's method from the tail's or the logistic approximation. */
function quantileOfLog(y: number): number {
  // Close to 0 the upper tail is the exact one.
  if (y > -1e-2) return -quantileOfLog(Math.log(-Math.expm1(y)));
  let z = y < -5 ? -Math.sqrt(-2 * (y + LOG_SQRT_2PI)) : (-Math.sqrt(3) / Math.PI) * Math.log(Math.expm1(-y));
  for (let i = 0; i < 100; i++) {
    const log = logCdf(z);
    const step = (log - y) * Math.exp(log - logDensity(z));
    z -= step;
    if (Math.abs(step) <= 1e-12 * Math.abs(z)) break;
  }
  return z;
}
