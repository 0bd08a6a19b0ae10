import { gradedGain, linear } from '../../pixels/index.ts';
import { type Effect, number, type Range, range } from './types.ts';

interface Overexposure {
  gain_range: Range;
  side_light: number;
}

/** A sunny scene exposed too long: lifted shadows, and a gain that is stronger on the sun's side, clipped to white. */
export const overexposure: Effect<Overexposure> = {
  name: 'overexposure',
  description: 'A sunny scene exposed too long: bright, washed out, clipped to white on the sunny side.',
  p: 0.2,
  kind: 'light',
  parameters: {
    gain_range: range('Factor of the brightness.', [1.2, 1.8], { minimum: 1, maximum: 10 }),
    side_light: number('How much the gain differs between the sunny and the shady side, 0 not to 1.', 0.25, {
      minimum: 0,
      maximum: 1,
    }),
  },
  neutral: { gain_range: 1, side_light: 0 },
  apply(picture, { gain_range, side_light }, random) {
    const gain = random.uniform(...gain_range);
    const lift = 14 * (gain - 1);
    linear(picture, 1 - lift / 255, lift);
    gradedGain(picture, gain * (1 - side_light), gain * (1 + side_light), random.uniform(0, 2 * Math.PI));
  },
};
