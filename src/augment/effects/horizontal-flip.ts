import type { Effect } from './types.ts';

/** albumentations' HorizontalFlip. */
export const horizontalFlip: Effect<Record<never, never>> = {
  name: 'horizontal_flip',
  description: 'Left and right exchanged, as albumentations.HorizontalFlip.',
  p: 0.5,
  parameters: {},
  apply({ pixels, size }) {
    for (let y = 0; y < size; y++) {
      let left = y * size * 3;
      let right = left + (size - 1) * 3;
      for (; left < right; left += 3, right -= 3)
        for (let c = 0; c < 3; c++) {
          const kept = pixels[left + c]!;
          pixels[left + c] = pixels[right + c]!;
          pixels[right + c] = kept;
        }
    }
  },
};
