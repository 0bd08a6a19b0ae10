import { gaussianNoise } from '../../pixels/index.ts';
import { type Effect, type Range, range } from './types.ts';

interface Noise {
  std_range: Range;
  per_channel: boolean;
}

/** albumentations' GaussNoise, milder by default: 0.2 to 0.44 hides a small face. */
export const noise: Effect<Noise> = {
  name: 'noise',
  description: 'Gaussian noise, as albumentations.GaussNoise, milder by default.',
  p: 0.2,
  kind: 'other',
  parameters: {
    std_range: range('Standard deviation, as a fraction of 255.', [0.04, 0.15], { minimum: 0, maximum: 1 }),
    per_channel: {
      type: 'boolean',
      description: 'Whether each channel has noise of its own.',
      default: true,
    },
  },
  neutral: { std_range: 0 },
  apply(picture, { std_range, per_channel }, random) {
    gaussianNoise(picture, 255 * random.uniform(...std_range), per_channel, random);
  },
};
