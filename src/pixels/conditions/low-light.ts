import { sensorNoise } from '../noise.ts';
import { applyTable, tableOf } from '../tone.ts';
import { type Condition, level } from './types.ts';

/** A dark scene: `gain × value^gamma`, and the noise of a sensor that counts few photons (shot and read noise). */
export const lowLight: Condition = {
  name: 'low_light',
  description: 'A dark scene with the noise of its sensor.',
  suffix: 'lowlight',
  apply(picture, severity, random) {
    const [gain, gamma, read] = level(severity, [
      [0.55, 1.1, 0.01],
      [0.4, 1.2, 0.015],
      [0.3, 1.3, 0.02],
      [0.22, 1.4, 0.025],
      [0.15, 1.5, 0.03],
    ] as const);
    applyTable(
      picture,
      tableOf((value) => 255 * gain * (value / 255) ** gamma),
    );
    sensorNoise(picture, 255 * read, 0.35, random);
  },
};
