import { shiftColour } from '../../pixels/index.ts';
import { type Effect, type Range, range } from './types.ts';

interface HueSaturation {
  hue_shift_limit: Range;
  sat_shift_limit: Range;
  val_shift_limit: Range;
}

/** albumentations' HueSaturationValue with its units, which are OpenCV's, and milder hues: faces do not turn green. */
export const hueSaturation: Effect<HueSaturation> = {
  name: 'hue_saturation',
  description: 'Hue, saturation and value shifted, as albumentations.HueSaturationValue with milder hues.',
  p: 0.3,
  kind: 'other',
  parameters: {
    hue_shift_limit: range('Added to the hue, in steps of 2 degrees.', [-6, 6], {
      minimum: -180,
      maximum: 180,
    }),
    sat_shift_limit: range('Added to the saturation, 0..255.', [-30, 30], { minimum: -255, maximum: 255 }),
    val_shift_limit: range('Added to the value, 0..255.', [-20, 20], { minimum: -255, maximum: 255 }),
  },
  neutral: { hue_shift_limit: 0, sat_shift_limit: 0, val_shift_limit: 0 },
  apply(picture, { hue_shift_limit, sat_shift_limit, val_shift_limit }, random) {
    const hue = random.uniform(...hue_shift_limit) * 2;
    const saturation = random.uniform(...sat_shift_limit);
    shiftColour(picture, hue, saturation, random.uniform(...val_shift_limit));
  },
};
