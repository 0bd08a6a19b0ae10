import { tableOf } from '../tone.ts';
import { type Condition, level } from './types.ts';

/** ImageNet-C's contrast: every channel drawn towards its mean. */
export const contrast: Condition = {
  name: 'contrast',
  description: 'Little contrast (ImageNet-C).',
  suffix: 'contrast',
  apply({ pixels, size }, severity) {
    const factor = level(severity, [0.4, 0.3, 0.2, 0.1, 0.05]);
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let i = c; i < pixels.length; i += 3) sum += pixels[i]!;
      const mean = sum / (size * size);
      const table = tableOf((value) => mean + (value - mean) * factor);
      for (let i = c; i < pixels.length; i += 3) pixels[i] = table[pixels[i]!]!;
    }
  },
};
