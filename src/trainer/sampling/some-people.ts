import { Random } from '../../base/random.ts';
import { byClass, type Labels, type Sampler } from './sampler.ts';

/** A sampler over the images of at most `most` identities, drawn by the seed once for all epochs. */
export function ofSomePeople(
  labels: Labels,
  { most, seed }: { most: number; seed: number },
  make: (labels: Labels) => Sampler,
): Sampler {
  const people = new Random(seed, 'people').shuffle([...byClass(labels.identity).values()]);
  const positions = people
    .slice(0, most)
    .flat()
    .sort((a, b) => a - b);
  const sampler = make({
    size: positions.length,
    gender: Int8Array.from(positions, (i) => labels.gender[i]!),
    identity: Int32Array.from(positions, (i) => labels.identity[i]!),
  });
  return { size: sampler.size, order: (place) => sampler.order(place).map((i) => positions[i]!) };
}
