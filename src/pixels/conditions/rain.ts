import { gaussianBlur } from '../blur.ts';
import { linear } from '../tone.ts';
import { rainDrops } from '../weather.ts';
import { type Condition, level } from './types.ts';

/** Rain at dusk: number, length and opacity of the drops rise (pixels at 224 px), the image darkens and softens. */
export const rain: Condition = {
  name: 'rain',
  description: 'Falling rain, the image dimmer and softer.',
  suffix: 'rainy',
  apply(picture, severity, random) {
    const [count, length, opacity, brightness, blur] = level(severity, [
      [60, 20, 0.35, 0.9, 0.6],
      [100, 24, 0.45, 0.8, 0.9],
      [150, 28, 0.55, 0.7, 1.2],
      [220, 34, 0.65, 0.62, 1.6],
      [300, 40, 0.75, 0.55, 2],
    ] as const);
    const scale = picture.size / 224;
    linear(picture, brightness, 0);
    const drop = length * scale;
    const slant = Math.tan((random.uniform(-15, 15) * Math.PI) / 180) * drop;
    const width = Math.max(0.8, 1.4 * scale);
    rainDrops(picture, { count, length: drop, slant, width, colour: [205, 208, 212], opacity }, random);
    const sigma = blur * scale;
    gaussianBlur(picture, (2 * Math.ceil(2 * sigma)) | 1, sigma);
  },
};
