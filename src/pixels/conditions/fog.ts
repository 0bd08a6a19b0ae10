import { plasmaFog } from '../weather.ts';
import { type Condition, level } from './types.ts';

/** ImageNet-C's fog: plasma of the given amount and roughness, the whole dimmed so that nothing is clipped. */
export const fog: Condition = {
  name: 'fog',
  description: 'Fog in swathes (ImageNet-C).',
  suffix: 'foggy',
  apply(picture, severity, random) {
    const [amount, decay] = level(severity, [
      [1.5, 2],
      [2, 2],
      [2.5, 1.7],
      [2.5, 1.5],
      [3, 1.4],
    ] as const);
    plasmaFog(picture, amount, decay, random);
  },
};
