import { gaussianBlur, linear, rainDrops } from '../../pixels/index.ts';
import { colour, type Effect, number, type Range, range } from './types.ts';

interface Rain {
  slant_range: Range;
  count_range: Range;
  drop_length: number;
  drop_width: number;
  drop_color: [number, number, number];
  blur_value: number;
  brightness_coefficient: number;
}

/** albumentations' RandomRain: streaks on a darkened, softened image. Lengths are in pixels of a 224 px image. */
export const rain: Effect<Rain> = {
  name: 'rain',
  description:
    'Falling rain, as albumentations.RandomRain; its pixels are those of a 224 px image and scale with the side.',
  p: 0.2,
  kind: 'light',
  parameters: {
    slant_range: range('Slant of the drops, degrees from the vertical.', [-10, 10], {
      minimum: -45,
      maximum: 45,
    }),
    count_range: range('Number of drops.', [80, 140], { minimum: 0, maximum: 2000, integer: true }),
    drop_length: number('Length of a drop, pixels at 224 px.', 28, { minimum: 1, maximum: 224 }),
    drop_width: number('Width of a drop, pixels at 224 px.', 1, { exclusiveMinimum: 0, maximum: 20 }),
    drop_color: colour('Colour of the drops.', [200, 200, 200]),
    blur_value: number('Kernel of the blur, pixels at 224 px; rainy views are blurry.', 7, {
      minimum: 0,
      maximum: 99,
    }),
    brightness_coefficient: number('Factor of the brightness; rainy days are dark.', 0.7, {
      minimum: 0,
      maximum: 1,
    }),
  },
  neutral: { count_range: 0, blur_value: 0, brightness_coefficient: 1 },
  apply(picture, parameters, random) {
    const scale = picture.size / 224;
    const length = parameters.drop_length * scale;
    const width = parameters.drop_width * scale;
    const slant = Math.tan((random.uniform(...parameters.slant_range) * Math.PI) / 180) * length;
    const drops = {
      count: random.integer(...parameters.count_range),
      length,
      slant,
      // Thinner than a pixel cannot be drawn, fainter can.
      width: Math.max(0.8, width),
      opacity: Math.min(0.75, 0.35 + 0.4 * width),
      colour: parameters.drop_color,
    };
    linear(picture, parameters.brightness_coefficient, 0);
    rainDrops(picture, drops, random);
    const kernel = Math.round(parameters.blur_value * scale) | 1;
    gaussianBlur(picture, kernel, kernel / 6);
  },
};
