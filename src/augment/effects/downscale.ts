import { downUp } from '../../pixels/index.ts';
import { type Effect, number, type Range, range } from './types.ts';

interface Downscale {
  scale_range: Range;
  nearest: number;
}

/** albumentations' Downscale; by default between pixels, and by nearest values only now and then, as AdaFace (Kim et al., 2022) draws. */
export const downscale: Effect<Downscale> = {
  name: 'downscale',
  description: 'Made small and large again, as albumentations.Downscale: a face that is far away.',
  p: 0.2,
  kind: 'other',
  parameters: {
    scale_range: range('Side of the small image, as a fraction.', [0.25, 0.75], {
      minimum: 0.02,
      maximum: 1,
    }),
    nearest: number(
      'Share of images that are made large by repeating pixels (cv2.INTER_NEAREST_EXACT); the others are interpolated.',
      0.25,
      { minimum: 0, maximum: 1 },
    ),
  },
  neutral: { scale_range: 1 },
  apply(picture, { scale_range, nearest }, random) {
    const side = Math.max(1, Math.round(picture.size * random.uniform(...scale_range)));
    const repeat = random.chance(nearest);
    if (side < picture.size) downUp(picture, side, repeat);
  },
};
