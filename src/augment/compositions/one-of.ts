import type { Composition } from './types.ts';

/** albumentations' OneOf. */
export const oneOf: Composition = {
  name: 'one_of',
  description:
    'One of its effects, as albumentations.OneOf: their p are weights, and the chosen one is applied.',
  p: 0.5,
  parameters: {},
  draw(parts, _, random) {
    const total = parts.reduce((sum, { p }) => sum + p, 0);
    if (total <= 0) return [];
    let left = random.uniform(0, total);
    const chosen = parts.find(({ p }) => {
      left -= p;
      return left < 0;
    });
    // Rounding may leave a little behind the last.
    return (chosen ?? parts.findLast(({ p }) => p > 0)!).draw(random);
  },
};
