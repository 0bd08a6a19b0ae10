import type { Distribution } from './distribution.ts';
import { countOf, MAX_VALUES, multiple, multiples, stepped } from './quantise.ts';

/** `[low, high]`: the logarithm is uniform; with a step, rounded to the nearest of low, low + step, …. */
export const logUniform: Distribution = {
  key: 'log_uniform',
  quantised: true,
  values(parameters, step) {
    const [low, high] = parameters as [number, number];
    if (high <= low) return `log_uniform needs low < high, not ${low} and ${high}.`;
    // Whatever rounding does, the ends stay the ends.
    const draw = (u: number) =>
      Math.min(high, Math.max(low, Math.exp(Math.log(low) + Math.log(high / low) * u)));
    if (step === undefined)
      return {
        at: draw,
        number: {
          coordinate: { kind: 'number', low, high, log: true },
          measure: (value) => value,
          value: (x) => Math.min(high, Math.max(low, x)),
        },
      };
    const count = countOf(low, high, step);
    if (count > MAX_VALUES) return `log_uniform with this step has more than ${MAX_VALUES} values.`;
    return {
      list: multiples(low, high, step),
      at: (u) => multiple(low, step, Math.min(count - 1, Math.round((draw(u) - low) / step))),
      number: stepped(low, step, count, true),
    };
  },
};
