import { Random } from '../../../src/base/random.ts';
import type { Dataset, Subset } from '../../../src/data/index.ts';

export interface PicturesOptions {
  identities?: number;
  /** Side, pixels. */
  size?: number;
  train?: number;
  validation?: number;
  test?: number;
  /** Standard deviation of the noise on an identity's pattern, of 255. */
  noise?: number;
  seed?: number;
  /** Fraction of the images without a label of a task. */
  unlabelled?: { gender?: number; identity?: number };
}

/** A data set in memory: each identity is a pattern of pixels, each image that pattern with noise; odd identities are women. */
export function pictures(options: PicturesOptions = {}): Dataset {
  const {
    identities = 4,
    size = 4,
    train = 40,
    validation = 12,
    test = 12,
    noise = 40,
    seed = 1,
    unlabelled,
  } = options;
  const length = size * size * 3;
  const patterns = Array.from({ length: identities }, (_, person) => {
    const random = new Random(seed, 'pattern', person);
    return Float64Array.from({ length }, () => random.uniform(40, 215));
  });
  const subset = (name: string, count: number): Subset => {
    const random = new Random(seed, name);
    const identity = Int32Array.from({ length: count }, (_, i) => i % identities);
    const pixels = [...identity].map((person) =>
      Uint8Array.from(patterns[person]!, (value) =>
        Math.max(0, Math.min(255, value + random.normal(0, noise))),
      ),
    );
    const gender = Int8Array.from(identity, (person) => person % 2);
    for (let i = 0; i < count; i++) {
      if (random.chance(unlabelled?.gender ?? 0)) gender[i] = -1;
      if (random.chance(unlabelled?.identity ?? 0)) identity[i] = -1;
    }
    return {
      size: count,
      names: Array.from({ length: count }, (_, i) => `${name}-${i}.png`),
      gender,
      identity,
      pixels: (i) => pixels[i]!,
      copyPixels: (i, target, offset) => target.set(pixels[i]!, offset),
    };
  };
  return {
    identities: Array.from({ length: identities }, (_, person) => `person-${person}`),
    imageSize: size,
    hash: `pictures-${seed}-${identities}-${size}-${train}-${validation}-${test}-${noise}`,
    train: subset('train', train),
    validation: subset('validation', validation),
    test: subset('test', test),
    warnings: [],
  };
}
