import { Random } from '../../base/random.ts';
import type { Labels, Sampler } from './sampler.ts';

/** Every image once, shuffled. */
export const shuffle = ({ size }: Labels): Sampler => ({
  size,
  order: ({ seed, epoch }) =>
    new Random(seed, 'shuffle', epoch).shuffle(Int32Array.from({ length: size }, (_, i) => i)),
});
