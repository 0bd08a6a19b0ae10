import { FacecomError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import { conditions, type Severity } from '../pixels/index.ts';
import type { Subset } from './dataset.ts';

export interface ConditionOptions {
  condition: string;
  /** 1 mild … 5 severe. */
  severity: number;
  /** Side of the images, pixels. */
  imageSize: number;
  seed: number;
}

/**
 * The same images under a bad condition. Place and direction are drawn from seed, condition and name, so that they are the
 * same at every severity. Throws `data-condition` for one that does not exist.
 */
export function underCondition(subset: Subset, options: ConditionOptions): Subset {
  const { severity, imageSize, seed } = options;
  const condition = conditions.find(({ name }) => name === options.condition);
  if (!condition)
    throw new FacecomError('data-condition', 'There is no such condition.', {
      found: options.condition,
      expected: conditions.map(({ name }) => name).join(', '),
      exitCode: 2,
    });
  const pixels = (i: number): Uint8Array => {
    const copy = subset.pixels(i).slice();
    const random = new Random(seed, condition.name, subset.names[i]!);
    condition.apply({ pixels: copy, size: imageSize }, severity as Severity, random);
    return copy;
  };
  return { ...subset, pixels, copyPixels: (i, target, offset) => target.set(pixels(i), offset) };
}
