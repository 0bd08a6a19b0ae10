import { gaussianBlur as blur } from '../../pixels/index.ts';
import { type Effect, oddBetween, type Range, range } from './types.ts';

interface GaussianBlur {
  kernel: Range;
  sigma_limit: Range;
}

/** albumentations' GaussianBlur. */
export const gaussianBlur: Effect<GaussianBlur> = {
  name: 'gaussian_blur',
  description: 'Gaussian blur, as albumentations.GaussianBlur (kernel is its blur_limit).',
  p: 0.3,
  kind: 'other',
  parameters: {
    kernel: range('Side of the kernel, pixels; an odd number between the two.', [3, 7], {
      minimum: 1,
      maximum: 99,
      integer: true,
    }),
    sigma_limit: range('Standard deviation, pixels; 0: by OpenCV’s rule from the kernel.', [0, 0], {
      minimum: 0,
      maximum: 50,
    }),
  },
  neutral: { kernel: 1, sigma_limit: 0 },
  apply(picture, { kernel, sigma_limit }, random) {
    const side = oddBetween(kernel, random);
    blur(picture, side, random.uniform(...sigma_limit));
  },
};
