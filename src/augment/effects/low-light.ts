import { applyTable, gaussianNoise, tableOf } from '../../pixels/index.ts';
import { type Effect, type Range, range } from './types.ts';

interface LowLight {
  gain_range: Range;
  gamma_range: Range;
  noise_range: Range;
}

/** A dark scene: `255 gain (value / 255)^gamma`, and the sensor's noise, which light no longer hides. */
export const lowLight: Effect<LowLight> = {
  name: 'low_light',
  description: 'A dark scene with the noise of its sensor.',
  p: 0.2,
  kind: 'light',
  parameters: {
    gain_range: range('Factor of the brightness.', [0.25, 0.6], { minimum: 0, maximum: 1 }),
    gamma_range: range('Exponent of the value; above 1 shadows deepen.', [1, 1.3], {
      minimum: 0.2,
      maximum: 5,
    }),
    noise_range: range('Standard deviation of the noise, as a fraction of 255.', [0, 0.03], {
      minimum: 0,
      maximum: 1,
    }),
  },
  neutral: { gain_range: 1, gamma_range: 1, noise_range: 0 },
  apply(picture, { gain_range, gamma_range, noise_range }, random) {
    const gain = random.uniform(...gain_range);
    const gamma = random.uniform(...gamma_range);
    const deviation = 255 * random.uniform(...noise_range);
    applyTable(
      picture,
      tableOf((value) => 255 * gain * (value / 255) ** gamma),
    );
    if (deviation > 0) gaussianNoise(picture, deviation, true, random);
  },
};
