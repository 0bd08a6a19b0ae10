import { addGhost, addGlow } from '../../pixels/index.ts';
import { area, colour, type Effect, number, type Range, range } from './types.ts';

interface Glare {
  flare_roi: [number, number, number, number];
  src_radius: number;
  src_color: [number, number, number];
  num_flare_circles_range: Range;
  intensity_range: Range;
}

/** albumentations' RandomSunFlare: a sun whose light spreads over the image, and ghosts on the line through the centre. */
export const glare: Effect<Glare> = {
  name: 'glare',
  description:
    'Sun flare, as albumentations.RandomSunFlare; its pixels are those of a 224 px image and scale with the side.',
  p: 0.1,
  kind: 'light',
  parameters: {
    flare_roi: area('Where the sun may stand', [0, 0, 1, 0.5]),
    src_radius: number('Radius of the sun’s light, pixels at 224 px.', 160, {
      exclusiveMinimum: 0,
      maximum: 2000,
    }),
    src_color: colour('Colour of the sun.', [255, 255, 255]),
    num_flare_circles_range: range('Number of ghosts.', [6, 10], { minimum: 0, maximum: 100, integer: true }),
    intensity_range: range('Opacity of the sun’s light at its centre.', [0.55, 0.8], {
      minimum: 0,
      maximum: 1,
    }),
  },
  neutral: { num_flare_circles_range: 0, intensity_range: 0 },
  apply(picture, { flare_roi, src_radius, src_color, num_flare_circles_range, intensity_range }, random) {
    const { size } = picture;
    const x = size * random.uniform(flare_roi[0], flare_roi[2]);
    const y = size * random.uniform(flare_roi[1], flare_roi[3]);
    const radius = (src_radius * size) / 224;
    const intensity = random.uniform(...intensity_range);
    addGlow(picture, x, y, radius, src_color, intensity);
    addGlow(picture, x, y, radius * 0.25, src_color, Math.min(1, 2 * intensity));
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
