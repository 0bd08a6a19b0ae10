import { addGhost, addGlow } from '../../pixels/index.ts';
import { colour, type Effect, type Range, range } from './types.ts';

interface Glare {
  flare_roi: [number, number, number, number];
  src_radius: number;
  src_color: [number, number, number];
  num_flare_circles_range: Range;
}

/** albumentations' RandomSunFlare: a sun whose light spreads over the picture, and ghosts on the line through the centre. */
export const glare: Effect<Glare> = {
  name: 'glare',
  description:
    'Sun flare, as albumentations.RandomSunFlare; its pixels are those of a 224 px picture and scale with the side.',
  p: 0.1,
  parameters: {
    flare_roi: {
      type: 'array',
      description: 'Where the sun may stand: x_min, y_min, x_max, y_max as fractions of the side.',
      items: { type: 'number', minimum: 0, maximum: 1 },
      minItems: 4,
      maxItems: 4,
      default: [0, 0, 1, 0.5],
    },
    src_radius: {
      type: 'number',
      description: 'Radius of the sun’s light, pixels at 224 px.',
      exclusiveMinimum: 0,
      maximum: 2000,
      default: 160,
    },
    src_color: colour('Colour of the sun.', [255, 255, 255]),
    num_flare_circles_range: range('Number of ghosts.', [6, 10], { minimum: 0, maximum: 100, integer: true }),
  },
  apply(picture, { flare_roi, src_radius, src_color, num_flare_circles_range }, random) {
    const { size } = picture;
    const x = size * random.uniform(flare_roi[0], flare_roi[2]);
    const y = size * random.uniform(flare_roi[1], flare_roi[3]);
    const radius = (src_radius * size) / 224;
    addGlow(picture, x, y, radius, src_color, random.uniform(0.55, 0.8));
    addGlow(picture, x, y, radius * 0.25, src_color, 1);
    for (let left = random.integer(...num_flare_circles_range); left > 0; left--) {
      // Ghosts lie on the line from the sun through the centre, beyond it as well.
      const along = random.uniform(0.2, 2.1);
      const tint = src_color.map((value) => value * random.uniform(0.4, 1));
      const gx = x + (size / 2 - x) * along;
      const gy = y + (size / 2 - y) * along;
      addGhost(picture, gx, gy, size * random.uniform(0.02, 0.09), tint, random.uniform(0.08, 0.3));
    }
  },
};
