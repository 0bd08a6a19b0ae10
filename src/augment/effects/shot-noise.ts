import { shotNoise as addShotNoise } from '../../pixels/index.ts';
import { type Effect, type Range, range } from './types.ts';

interface ShotNoise {
  scale_range: Range;
}

/** albumentations' ShotNoise, milder by default: 3 to 10 photons for white hide a small face. */
export const shotNoise: Effect<ShotNoise> = {
  name: 'shot_noise',
  description: 'Counted photons, as albumentations.ShotNoise, milder by default.',
  p: 0.2,
  kind: 'other',
  parameters: {
    scale_range: range('Reciprocal of the number of photons that make white.', [0.01, 0.1], {
      minimum: 0,
      maximum: 1,
    }),
  },
  neutral: { scale_range: 0 },
  apply(picture, { scale_range }, random) {
    addShotNoise(picture, random.uniform(...scale_range), random);
  },
};
