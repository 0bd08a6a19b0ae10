import { plasmaFog } from '../weather.ts';
import { type Condition, level } from './types.ts';

/** Fog with ImageNet-C's plasma, amounts and roughness; unlike its, it brightens every image, as fog by day does. */
export const fog: Condition = {
  name: 'fog',
  description: 'Fog in swathes (after ImageNet-C), milky.',
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
