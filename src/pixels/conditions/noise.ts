import { gaussianNoise } from '../noise.ts';
import { type Condition, level } from './types.ts';

/** ImageNet-C's Gaussian noise. */
export const noise: Condition = {
  name: 'noise',
  description: 'Gaussian noise of each channel (ImageNet-C).',
  suffix: 'noisy',
  apply(picture, severity, random) {
    gaussianNoise(picture, 255 * level(severity, [0.08, 0.12, 0.18, 0.26, 0.38]), true, random);
  },
};
