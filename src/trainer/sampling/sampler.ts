import type { Subset } from '../../data/index.ts';

/** What a sampler sees of the training images. */
export type Labels = Pick<Subset, 'size' | 'gender' | 'identity'>;

export interface Place {
  seed: number;
  epoch: number;
}

/** Which images an epoch shows, and in which order: a function of seed and epoch alone, so that a resumed epoch is the same. */
export interface Sampler {
  /** Images of an epoch; the same in each. */
  size: number;
  order(place: Place): Int32Array;
}

/** Positions of the images of each class; what has no label is in none. */
export function byClass(labels: ArrayLike<number>): Map<number, number[]> {
  const classes = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label < 0) continue;
    const own = classes.get(label);
    if (own) own.push(i);
    else classes.set(label, [i]);
  }
  return classes;
}
