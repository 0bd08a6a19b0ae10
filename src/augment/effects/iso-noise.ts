import { chromaNoise } from '../../pixels/index.ts';
import { type Effect, type Range, range } from './types.ts';

interface IsoNoise {
  color_shift: Range;
  intensity: Range;
}

/** albumentations' ISONoise by its parameters; the noise is Gaussian where its is counted. */
export const isoNoise: Effect<IsoNoise> = {
  name: 'iso_noise',
  description: 'The noise of a sensor at high sensitivity, by the parameters of albumentations.ISONoise.',
  p: 0.2,
  kind: 'other',
  parameters: {
    color_shift: range('Standard deviation of the hue, as a fraction of the circle.', [0.01, 0.05], {
      minimum: 0,
      maximum: 1,
    }),
    intensity: range(
      'Standard deviation of the brightness, as a fraction of that of the image’s own.',
      [0.1, 0.5],
      { minimum: 0, maximum: 2 },
    ),
  },
  neutral: { color_shift: 0, intensity: 0 },
  apply(picture, { color_shift, intensity }, random) {
    const turn = 2 * Math.PI * random.uniform(...color_shift);
    chromaNoise(picture, turn, random.uniform(...intensity), random);
  },
};
