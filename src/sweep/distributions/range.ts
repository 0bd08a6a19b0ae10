import type { Distribution } from './distribution.ts';
import { countOf, MAX_VALUES, multiples, pickAt, stepped } from './quantise.ts';

/** `[low, high, step]`: low, low + step, … up to high. */
export const range: Distribution = {
  key: 'range',
  quantised: false,
  values(parameters) {
    const [low, high, step] = parameters as [number, number, number];
    if (step <= 0) return `range needs a step above 0, not ${step}.`;
    if (high < low) return `range needs low ≤ high, not ${low} and ${high}.`;
    if (countOf(low, high, step) > MAX_VALUES) return `range has more than ${MAX_VALUES} values.`;
    const list = multiples(low, high, step);
    return { list, at: (u) => pickAt(list, u), number: stepped(low, step, list.length) };
  },
};
