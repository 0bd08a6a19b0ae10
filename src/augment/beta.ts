import type { Random } from '../base/random.ts';

/** A number in 0..1 of the beta distribution with both parameters alpha. */
export function symmetricBeta(alpha: number, random: Random): number {
  const a = logGamma(alpha, random);
  const b = logGamma(alpha, random);
  // Logarithms, as small alphas give numbers too small for a quotient.
  return 1 / (1 + Math.exp(b - a));
}

/** Logarithm of a number of the gamma distribution (Marsaglia and Tsang, 2000). */
function logGamma(shape: number, random: Random): number {
  if (shape < 1) return logGamma(shape + 1, random) + Math.log(1 - random.uniform()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v))
      return Math.log(d * v);
  }
}
