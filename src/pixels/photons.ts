import type { Random } from '../base/random.ts';
import { normalDeviates } from './noise.ts';
import type { Picture } from './picture.ts';

/** From this mean on, the Poisson distribution is taken for a normal one. */
const many = 12;

/**
 * Counts photons: `255 (n scale)^(1/2.2)`, where n is drawn from the Poisson distribution with mean `(value / 255)^2.2 / scale`, each channel by
 * itself. Below 12 on the mean it is drawn by inversion, above as a rounded normal deviate.
 */
export function shotNoise({ pixels }: Picture, scale: number, random: Random): void {
  if (scale < 1e-6) return;
  const mean = Float64Array.from({ length: 256 }, (_, value) => (value / 255) ** 2.2 / scale);
  const none = mean.map((value) => Math.exp(-value));
  const spread = mean.map((value) => Math.sqrt(value) / 8192);
  // Counts beyond it are white.
  const white = Math.ceil(1 / scale);
  const table =
    white <= 4096 ? Uint8Array.from({ length: white + 1 }, (_, n) => brightnessOf(n, scale)) : undefined;
  const deviates = normalDeviates(pixels.length, random);
  // Uniform numbers from a generator of its own: kept in a local variable it is several times faster.
  let state = random.bits() | 0;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    const expected = mean[value]!;
    let n = 0;
    if (expected > many) n = Math.max(0, Math.round(expected + spread[value]! * deviates[i]!));
    else {
      state = (state + 0x9e3779b9) | 0;
      let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      let left = ((z ^ (z >>> 15)) >>> 0) / 4294967296;
      for (let chance = none[value]!; left >= chance && n < 64; chance *= expected / n) {
        left -= chance;
        n++;
      }
    }
    pixels[i] = n >= white ? 255 : table ? table[n]! : brightnessOf(n, scale);
  }
}

function brightnessOf(n: number, scale: number): number {
  return Math.round(255 * Math.min(1, n * scale) ** (1 / 2.2));
}
