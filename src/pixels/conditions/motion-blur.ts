import { lineBlur } from '../blur.ts';
import { type Condition, level } from './types.ts';

/** ImageNet-C's motion blur (Hendrycks and Dietterich, 2019): a one-sided Gaussian tail of radius and sigma at 224 px, ±45°. */
export const motionBlur: Condition = {
  name: 'motion_blur',
  description: 'A camera or head in motion (ImageNet-C).',
  suffix: 'blurred',
  apply(picture, severity, random) {
    const [radius, sigma] = level(severity, [
      [10, 3],
      [15, 5],
      [15, 8],
      [15, 12],
      [20, 15],
    ] as const);
    const scale = picture.size / 224;
    const length = Math.max(1, Math.round(radius * scale));
    const weights = Float64Array.from({ length: length + 1 }, (_, k) =>
      Math.exp(-((k / (sigma * scale)) ** 2) / 2),
    );
    lineBlur(picture, weights, (random.uniform(-45, 45) * Math.PI) / 180);
  },
};
