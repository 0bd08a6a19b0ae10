import { fog as drawFog } from '../../pixels/index.ts';
import { type Effect, number, type Range, range } from './types.ts';

interface Fog {
  fog_coef_range: Range;
  alpha_coef: number;
}

/** albumentations' RandomFog by its parameters; the fog is a drifting field in place of its discs. */
export const fog: Effect<Fog> = {
  name: 'fog',
  description: 'Fog, as albumentations.RandomFog.',
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
