import type { Distribution } from './distribution.ts';
import { countOf, MAX_VALUES, multiples, pickAt, stepped } from './quantise.ts';

/** `[low, high]`: uniform between the two; with a step uniform over low, low + step, …. */
export const uniform: Distribution = {
  key: 'uniform',
  quantised: true,
  values(parameters, step) {
    const [low, high] = parameters as [number, number];
    if (high <= low) return `uniform needs low < high, not ${low} and ${high}.`;
    if (step === undefined)
      return {
        at: (u) => low + (high - low) * u,
        number: { coordinate: { kind: 'number', low, high }, measure: (value) => value, value: (x) => x },
      };
    if (countOf(low, high, step) > MAX_VALUES)
      return `uniform with this step has more than ${MAX_VALUES} values.`;
    const list = multiples(low, high, step);
    return { list, at: (u) => pickAt(list, u), number: stepped(low, step, list.length) };
  },
};
