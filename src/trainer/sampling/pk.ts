import { FacecomError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { byClass, type Labels, type Sampler } from './sampler.ts';

/**
 * Batches of `identities` identities with `images` each (Hermans et al., 2017). Identities come round in turn, as do the images of each; an
 * identity with fewer images is shown some of them twice. As many batches as the labelled images fill, one at least.
 */
export function pk(labels: Labels, { identities, images }: { identities: number; images: number }): Sampler {
  const people = [...byClass(labels.identity).values()];
  const labelled = people.reduce((sum, own) => sum + own.length, 0);
  const several = people.filter((own) => own.length > 1).length;
  if (people.length < identities || several === 0)
    throw new FacecomError('sampler-pk', 'The training images cannot fill the batches of train.sampler pk.', {
      found: `${people.length} identities with training images, ${several} of them with two or more`,
      expected: `at least ${identities} identities, some with two images`,
      remedy:
        several === 0
          ? 'Use train.sampler: {name: shuffle}, and no losses on pairs or triplets.'
          : `Set train.sampler.identities to at most ${people.length}, and train.batch_size with it.`,
      exitCode: 2,
    });
  const batches = Math.max(1, Math.floor(labelled / (identities * images)));
  return {
    size: batches * identities * images,
    order: ({ seed, epoch }) => {
      const random = new Random(seed, 'sample', 'pk', epoch);
      const turns = rounds(
        people.map((_, i) => i),
        random,
      );
      const queues = people.map((own) => rounds(own, random));
      const order: number[] = [];
      for (let batch = 0; batch < batches; batch++) {
        const chosen = new Set<number>();
        while (chosen.size < identities) chosen.add(turns());
        for (const person of chosen)
          order.push(...take(queues[person]!, Math.min(images, people[person]!.length), images));
      }
      return Int32Array.from(order);
    },
  };
}

/** Returns the values one after another, shuffled, and again from the start when all were given. */
function rounds(values: readonly number[], random: Random): () => number {
  let queue: number[] = [];
  return () => {
    if (queue.length === 0) queue = random.shuffle([...values]);
    return queue.pop()!;
  };
}

/** `count` values, of which `different` differ. */
function take(next: () => number, different: number, count: number): number[] {
  const found = new Set<number>();
  while (found.size < different) found.add(next());
  const own = [...found];
  return Array.from({ length: count }, (_, i) => own[i % own.length]!);
}
