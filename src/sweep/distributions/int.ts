import type { Distribution } from './distribution.ts';
import { countOf, MAX_VALUES, multiples, pickAt, stepped } from './quantise.ts';

/** `[low, high]`: whole numbers, both included; with a step low, low + step, …. */
export const int: Distribution = {
  key: 'int',
  quantised: true,
  values(parameters, step = 1) {
    const [low, high] = parameters as [number, number];
    if (high < low) return `int needs low ≤ high, not ${low} and ${high}.`;
    if (!Number.isInteger(step)) return `int needs a whole step, not ${step}.`;
    if (countOf(low, high, step) > MAX_VALUES) return `int has more than ${MAX_VALUES} values.`;
    const list = multiples(low, high, step);
    return { list, at: (u) => pickAt(list, u), number: stepped(low, step, list.length) };
  },
};
