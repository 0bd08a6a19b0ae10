import { cdf } from '../tpe/normal.ts';
import type { Distribution } from './index.ts';
import { multiple } from './quantise.ts';

/** `[mean, standard deviation]`; with a step, rounded to its multiples. */
export const normal: Distribution = {
  key: 'normal',
  quantised: true,
  values(parameters, step) {
    const [mean, deviation] = parameters as [number, number];
    if (deviation <= 0) return `normal needs a standard deviation above 0, not ${deviation}.`;
    const draw = (u: number) => mean + deviation * quantile(u);
    const at = step === undefined ? draw : (u: number) => multiple(0, step, Math.round(draw(u) / step));
    // By the share of values below, which has ends.
    return {
      at,
      number: {
        coordinate: { kind: 'number', low: 0, high: 1 },
        measure: (value) => cdf((value - mean) / deviation),
        value: at,
      },
    };
  },
};

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

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

/** The standard normal quantile (Acklam, 2003; relative error below 1.2e-9); u = 0 counts as 2⁻⁵³. */
export function quantile(u: number): number {
  const p = Math.min(1 - 2 ** -53, Math.max(2 ** -53, u));
  if (p > 0.97575) return -quantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(C, q) / polynomial(D, q);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(A, r) * q) / polynomial(B, r);
}
