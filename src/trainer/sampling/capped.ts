import { Random } from '../../base/random.ts';
import { byClass, type Labels, type Sampler } from './sampler.ts';

/** At most `most` images of an identity, drawn anew each epoch; images of nobody in particular all stay. */
export function capped(labels: Labels, most: number): Sampler {
  const people = [...byClass(labels.identity).values()];
  const others = Array.from({ length: labels.size }, (_, i) => i).filter((i) => labels.identity[i]! < 0);
  return {
    size: others.length + people.reduce((sum, own) => sum + Math.min(most, own.length), 0),
    order: ({ seed, epoch }) => {
      const draw = new Random(seed, 'cap', epoch);
      const chosen = people.flatMap((own) =>
        own.length <= most ? own : draw.shuffle([...own]).slice(0, most),
      );
      return new Random(seed, 'shuffle', epoch).shuffle(Int32Array.from([...others, ...chosen]));
    },
  };
}
