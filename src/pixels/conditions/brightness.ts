import { type Condition, level } from './types.ts';

/** ImageNet-C's brightness: added to the value of HSV, hue and saturation kept. */
export const brightness: Condition = {
  name: 'brightness',
  description: 'Brighter in HSV (ImageNet-C).',
  suffix: 'bright',
  apply({ pixels }, severity) {
    const added = 255 * level(severity, [0.1, 0.2, 0.3, 0.4, 0.5]);
    for (let i = 0; i < pixels.length; i += 3) {
      const value = Math.max(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!);
      const risen = Math.min(255, value + added);
      // Black has no hue: it turns grey.
      for (let c = i; c < i + 3; c++) pixels[c] = (value === 0 ? risen : (pixels[c]! * risen) / value) + 0.5;
    }
  },
};
