import { type Composition, drawn } from './types.ts';

/** albumentations' Sequential. */
export const sequence: Composition = {
  name: 'sequence',
  description: 'Its effects in order, each with its own probability, as albumentations.Sequential.',
  p: 0.5,
  parameters: {},
  draw: (parts, _, random) => parts.flatMap((part) => drawn(part, random)),
};
