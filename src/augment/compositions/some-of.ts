import { type Composition, drawn } from './types.ts';

/** albumentations' SomeOf, without replacement and in the order of the list. */
export const someOf: Composition = {
  name: 'some_of',
  description:
    'n of its effects in their order, each of those with its own probability, as albumentations.SomeOf.',
  p: 1,
  parameters: {
    n: { type: 'integer', description: 'How many are chosen.', minimum: 1, maximum: 100, default: 2 },
  },
  draw(parts, { n }, random) {
    const order = random.shuffle(parts.map((_, k) => k)).slice(0, n as number);
    return order.sort((a, b) => a - b).flatMap((k) => drawn(parts[k]!, random));
  },
};
