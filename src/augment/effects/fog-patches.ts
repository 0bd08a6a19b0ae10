import { fogPatches as drawPatches } from '../../pixels/index.ts';
import { type Effect, number, type Range, range } from './types.ts';

interface FogPatches {
  fog_coef_range: Range;
  alpha_coef: number;
}

/** albumentations' RandomFog, disc by disc. */
export const fogPatches: Effect<FogPatches> = {
  name: 'fog_patches',
  description:
    'Patches of fog, as albumentations.RandomFog draws them: bright in the middle of the image, thin at its sides. `fog` lies over the whole image.',
  p: 0.2,
  kind: 'light',
  parameters: {
    fog_coef_range: range('Density and size of the patches, 0 none to 1 dense.', [0.3, 1], {
      minimum: 0,
      maximum: 1,
    }),
    alpha_coef: number('Opacity of a patch at density 1.', 0.08, { minimum: 0, maximum: 1 }),
  },
  neutral: { alpha_coef: 0 },
  apply(picture, { fog_coef_range, alpha_coef }, random) {
    drawPatches(picture, random.uniform(...fog_coef_range), alpha_coef, random);
  },
};
