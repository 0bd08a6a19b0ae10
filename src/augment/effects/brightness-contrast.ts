import { linear } from '../../pixels/index.ts';
import { type Effect, type Range, range } from './types.ts';

interface BrightnessContrast {
  brightness_limit: Range;
  contrast_limit: Range;
}

/** `value × (1 + contrast) + 255 × brightness`: albumentations' RandomBrightnessContrast with its defaults. */
export const brightnessContrast: Effect<BrightnessContrast> = {
  name: 'brightness_contrast',
  description: 'Brightness and contrast, as albumentations.RandomBrightnessContrast.',
  p: 0.5,
  kind: 'light',
  parameters: {
    brightness_limit: range('Added, as a fraction of 255.', [-0.2, 0.2], { minimum: -1, maximum: 1 }),
    contrast_limit: range('Added to the factor 1.', [-0.2, 0.2], { minimum: -1, maximum: 1 }),
  },
  neutral: { brightness_limit: 0, contrast_limit: 0 },
  apply(picture, { brightness_limit, contrast_limit }, random) {
    const factor = 1 + random.uniform(...contrast_limit);
    const offset = 255 * random.uniform(...brightness_limit);
    linear(picture, factor, offset);
  },
};
