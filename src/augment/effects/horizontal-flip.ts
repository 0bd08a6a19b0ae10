import { mirror } from '../../pixels/index.ts';
import type { Effect } from './types.ts';

/** albumentations' HorizontalFlip. */
export const horizontalFlip: Effect<Record<never, never>> = {
  name: 'horizontal_flip',
  description: 'Left and right exchanged, as albumentations.HorizontalFlip.',
  p: 0.5,
  kind: 'geometry',
  parameters: {},
  neutral: {},
  apply: mirror,
};
