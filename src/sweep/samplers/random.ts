import { Random } from '../../base/random.ts';
import { cubeSampler } from './cube.ts';
import type { FixedKind } from './sampler.ts';

/** Independent draws: the k-th depends on the seed and k only, so that more trials keep those that were. */
export const random: FixedKind = {
  name: 'random',
  exhaustive: false,
  create(space, options) {
    return cubeSampler(space, options, (index) => {
      const stream = new Random(options.seed, 'sweep', index);
      return Array.from({ length: space.coordinates }, () => stream.uniform());
    });
  },
};
