import { motionBlur as blur } from '../../pixels/index.ts';
import { type Effect, oddBetween, type Range, range } from './types.ts';

interface MotionBlur {
  kernel: Range;
  angle_range: Range;
}

/** albumentations' MotionBlur. */
export const motionBlur: Effect<MotionBlur> = {
  name: 'motion_blur',
  description: 'Blur along a line, as albumentations.MotionBlur (kernel is its blur_limit).',
  p: 0.2,
  kind: 'other',
  parameters: {
    kernel: range('Length of the line, pixels; an odd number between the two.', [3, 7], {
      minimum: 1,
      maximum: 99,
      integer: true,
    }),
    angle_range: range('Direction of the line, degrees.', [0, 360], { minimum: -360, maximum: 360 }),
  },
  neutral: { kernel: 1 },
  apply(picture, { kernel, angle_range }, random) {
    const length = oddBetween(kernel, random);
    blur(picture, length, (random.uniform(...angle_range) * Math.PI) / 180);
  },
};
