import { gradedGain, linear } from '../tone.ts';
import { type Condition, level } from './types.ts';

/** A sunny scene exposed too long: gains of 0.3 to 1.3 stops, a third more and less across the image, shadows lifted by flare. */
export const overexposure: Condition = {
  name: 'overexposure',
  description: 'Too much sun: bright, washed out, white on the sunny side.',
  suffix: 'sunny',
  apply(picture, severity, random) {
    const gain = level(severity, [1.25, 1.45, 1.7, 2, 2.4]);
    const lift = 16 * (gain - 1);
    linear(picture, 1 - lift / 255, lift);
    gradedGain(picture, gain * 0.67, gain * 1.33, random.uniform(0, 2 * Math.PI));
  },
};
