import { applyTable, tableOf } from '../../pixels/index.ts';
import { type Effect, type Range, range } from './types.ts';

interface Gamma {
  gamma_limit: Range;
}

/** `255 (value / 255)^gamma`: albumentations' RandomGamma with its defaults. */
export const gamma: Effect<Gamma> = {
  name: 'gamma',
  description: 'Midtones brighter or darker, as albumentations.RandomGamma.',
  p: 0.5,
  kind: 'light',
  parameters: {
    gamma_limit: range('Exponent in hundredths; below 100 brighter, above darker.', [80, 120], {
      minimum: 10,
      maximum: 1000,
    }),
  },
  neutral: { gamma_limit: 100 },
  apply(picture, { gamma_limit }, random) {
    const exponent = random.uniform(...gamma_limit) / 100;
    applyTable(
      picture,
      tableOf((value) => 255 * (value / 255) ** exponent),
    );
  },
};
