import { colour, type Effect, type Range, range } from './types.ts';

interface CoarseDropout {
  num_holes_range: Range;
  hole_height_range: Range;
  hole_width_range: Range;
  fill: [number, number, number];
}

/** albumentations' CoarseDropout with its defaults: what random erasing and cutout are. */
export const coarseDropout: Effect<CoarseDropout> = {
  name: 'coarse_dropout',
  description: 'Rectangles covered, as albumentations.CoarseDropout.',
  p: 0.3,
  kind: 'other',
  parameters: {
    num_holes_range: range('Number of rectangles.', [1, 2], { minimum: 0, maximum: 100, integer: true }),
    hole_height_range: range('Height of each, as a fraction of the side.', [0.1, 0.2], {
      minimum: 0,
      maximum: 1,
    }),
    hole_width_range: range('Width of each, as a fraction of the side.', [0.1, 0.2], {
      minimum: 0,
      maximum: 1,
    }),
    fill: colour('Colour of the rectangles.', [0, 0, 0]),
  },
  neutral: { hole_height_range: 0, hole_width_range: 0 },
  apply({ pixels, size }, { num_holes_range, hole_height_range, hole_width_range, fill }, random) {
    for (let k = random.integer(...num_holes_range); k > 0; k--) {
      const height = Math.round(size * random.uniform(...hole_height_range));
      const width = Math.round(size * random.uniform(...hole_width_range));
      const top = random.integer(0, size - height);
      const left = random.integer(0, size - width);
      for (let y = top; y < top + height; y++)
        for (let x = left; x < left + width; x++) pixels.set(fill, 3 * (y * size + x));
    }
  },
};
