import { shade } from '../../pixels/index.ts';
import { area, type Effect, type Range, range } from './types.ts';

interface Shadow {
  shadow_roi: [number, number, number, number];
  num_shadows_limit: Range;
  shadow_dimension: number;
  shadow_intensity_range: Range;
}

/** albumentations' RandomShadow; its shadows lie anywhere by default, as they do on faces. */
export const shadow: Effect<Shadow> = {
  name: 'shadow',
  description: 'Hard shadows with straight edges, as albumentations.RandomShadow.',
  p: 0.2,
  kind: 'other',
  parameters: {
    shadow_roi: area('Where the corners of shadows lie', [0, 0, 1, 1]),
    num_shadows_limit: range('Number of shadows.', [1, 2], { minimum: 0, maximum: 20, integer: true }),
    shadow_dimension: {
      type: 'integer',
      description: 'Corners of a shadow.',
      minimum: 3,
      maximum: 20,
      default: 5,
    },
    shadow_intensity_range: range('How dark: 0 not, 1 black.', [0.3, 0.6], { minimum: 0, maximum: 1 }),
  },
  neutral: { shadow_intensity_range: 0 },
  apply(picture, { shadow_roi, num_shadows_limit, shadow_dimension, shadow_intensity_range }, random) {
    const { size } = picture;
    const [left, top, right, bottom] = shadow_roi;
    for (let k = random.integer(...num_shadows_limit); k > 0; k--) {
      const corners = Array.from({ length: shadow_dimension }, (): [number, number] => [
        size * random.uniform(left, right),
        size * random.uniform(top, bottom),
      ]);
      shade(picture, corners, 1 - random.uniform(...shadow_intensity_range));
    }
  },
};
