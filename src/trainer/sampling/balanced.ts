import { FacecomError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { byClass, type Sampler } from './sampler.ts';

/** As many images as there are labelled ones, each drawn from a class that is drawn first, all classes alike, with replacement. */
export function balanced(name: string, labels: ArrayLike<number>): Sampler {
  const classes = [...byClass(labels).values()];
  const size = classes.reduce((sum, own) => sum + own.length, 0);
  if (classes.length < 2)
    throw new FacecomError('sampler-classes', `train.sampler ${name} needs images of two classes.`, {
      found: `${size} labelled training images of ${classes.length} ${classes.length === 1 ? 'class' : 'classes'}`,
      remedy: 'Use train.sampler: {name: shuffle}.',
      exitCode: 2,
    });
  return {
    size,
    order: ({ seed, epoch }) => {
      const random = new Random(seed, 'sample', name, epoch);
      return Int32Array.from({ length: size }, () => {
        const own = classes[random.integer(0, classes.length - 1)]!;
        return own[random.integer(0, own.length - 1)]!;
      });
    },
  };
}
