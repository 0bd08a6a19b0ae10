import { addGhost, addGlow } from '../../pixels/index.ts';
import { area, colour, type Effect, number, type Range, range } from './types.ts';

interface SunFlare {
  flare_roi: [number, number, number, number];
  angle_range: Range;
  num_flare_circles_range: Range;
  src_radius: number;
  src_color: [number, number, number];
  intensity_range: Range;
}

/** albumentations' RandomSunFlare (overlay): a sun, and circles on a line through it at any angle. */
export const sunFlare: Effect<SunFlare> = {
  name: 'sun_flare',
  description:
    'A sun in the view and circles on a line through it, as albumentations.RandomSunFlare; its pixels are those of a 224 px image.',
  p: 0.1,
  kind: 'light',
  parameters: {
    flare_roi: area('Where the sun may stand', [0, 0, 1, 0.5]),
    angle_range: range('Angle of the line of circles, as a fraction of the circle.', [0, 1], {
      minimum: 0,
      maximum: 1,
    }),
    num_flare_circles_range: range('Number of circles.', [6, 10], {
      minimum: 0,
      maximum: 100,
      integer: true,
    }),
    src_radius: number('Radius of the sun’s light, pixels at 224 px.', 200, {
      exclusiveMinimum: 0,
      maximum: 2000,
    }),
    src_color: colour('Colour of the sun.', [255, 255, 255]),
    intensity_range: range('Opacity of the sun’s light at its centre.', [0.5, 1], { minimum: 0, maximum: 1 }),
  },
  neutral: { intensity_range: 0, num_flare_circles_range: 0 },
  apply(picture, parameters, random) {
    const { size } = picture;
    const { flare_roi, src_color } = parameters;
    const x = size * random.uniform(flare_roi[0], flare_roi[2]);
    const y = size * random.uniform(flare_roi[1], flare_roi[3]);
    const angle = 2 * Math.PI * random.uniform(...parameters.angle_range);
    const intensity = random.uniform(...parameters.intensity_range);
    for (let left = random.integer(...parameters.num_flare_circles_range); left > 0; left--) {
      const along = size * random.uniform(-1, 1);
      const tint = src_color.map((value) => value * random.uniform(0.8, 1));
      addGhost(
        picture,
        x + along * Math.cos(angle),
        y + along * Math.sin(angle),
        Math.max(1, size * random.uniform(0.01, 0.06)),
        tint,
        intensity * random.uniform(0.05, 0.3),
      );
    }
    addGlow(picture, x, y, (parameters.src_radius * size) / 224, src_color, intensity);
  },
};
