import { fog as drawFog } from '../../pixels/index.ts';
import { type Effect, number, type Range, range } from './types.ts';

interface Fog {
  fog_coef_range: Range;
  alpha_coef: number;
}

/** Fog by the parameters of albumentations' RandomFog; a drifting field over the whole image in place of its discs. */
export const fog: Effect<Fog> = {
  name: 'fog',
  description:
    'Fog that lies over the whole image, with the parameters of albumentations.RandomFog; its own patches are `fog_patches`.',
  p: 0.2,
  kind: 'light',
  parameters: {
    fog_coef_range: range('Density of the swathes, 0 none to 1 dense.', [0.3, 1], { minimum: 0, maximum: 1 }),
    alpha_coef: number('Opacity of the haze that lies everywhere.', 0.08, { minimum: 0, maximum: 1 }),
  },
  neutral: { fog_coef_range: 0, alpha_coef: 0 },
  apply(picture, { fog_coef_range, alpha_coef }, random) {
    drawFog(picture, random.uniform(...fog_coef_range), alpha_coef, random);
  },
};
