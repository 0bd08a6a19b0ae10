import { cdf } from '../../base/normal.ts';
import { normalQuantile } from '../../base/statistics.ts';
import type { Distribution } from './distribution.ts';
import { multiple } from './quantise.ts';

/** `[mean, standard deviation]`; with a step, rounded to its multiples. */
export const normal: Distribution = {
  key: 'normal',
  quantised: true,
  values(parameters, step) {
    const [mean, deviation] = parameters as [number, number];
    if (deviation <= 0) return `normal needs a standard deviation above 0, not ${deviation}.`;
    const draw = (u: number) => mean + deviation * normalQuantile(u);
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
