import { defocus as blur } from '../../pixels/index.ts';
import { type Effect, type Range, range } from './types.ts';

interface Defocus {
  radius: Range;
  alias_blur: Range;
}

/** albumentations' Defocus, milder by default: its 3 to 10 pixels are meant for large images. */
export const defocus: Effect<Defocus> = {
  name: 'defocus',
  description: 'A lens out of focus, as albumentations.Defocus, milder by default.',
  p: 0.2,
  kind: 'other',
  parameters: {
    radius: range('Radius of the disc that a point becomes, pixels.', [1, 3], {
      minimum: 0,
      maximum: 10,
      integer: true,
    }),
    alias_blur: range('Standard deviation with which the disc’s edge is softened, pixels.', [0.1, 0.5], {
      minimum: 0,
      maximum: 5,
    }),
  },
  neutral: { radius: 0 },
  apply(picture, { radius, alias_blur }, random) {
    const pixels = random.integer(...radius);
    blur(picture, pixels, random.uniform(...alias_blur));
  },
};
