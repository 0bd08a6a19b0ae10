import type { Random } from '../random.ts';
import { smoothField } from './noise.ts';
import type { Picture } from './picture.ts';

/** Blends towards the grey-white of fog: everywhere by `haze` (0..1), and in drifting swathes by up to `density` (0..1). */
export function fog({ pixels, size }: Picture, density: number, haze: number, random: Random): void {
  const field = smoothField(size, 3, random);
  const white = random.uniform(215, 240);
  for (let i = 0; i < field.length; i++) {
    const swathe = field[i]!;
    let cover = haze + density * (0.25 + 0.6 * swathe);
    if (cover > 0.97) cover = 0.97;
    const at = 3 * i;
    pixels[at] = pixels[at]! + (white - pixels[at]!) * cover + 0.5;
    pixels[at + 1] = pixels[at + 1]! + (white - pixels[at + 1]!) * cover + 0.5;
    pixels[at + 2] = pixels[at + 2]! + (white + 4 - pixels[at + 2]!) * cover + 0.5;
  }
}

export interface RainDrops {
  count: number;
  /** Length of a drop, pixels. */
  length: number;
  /** Horizontal way of a drop over its length, pixels. */
  slant: number;
  /** Width, pixels; parts of a pixel are drawn fainter. */
  width: number;
  colour: readonly number[];
  /** Opacity of a drop, 0..1. */
  opacity: number;
}

/** Draws falling drops as antialiased streaks at random places. */
export function rainDrops({ pixels, size }: Picture, drops: RainDrops, random: Random): void {
  const { count, length, slant, width, colour, opacity } = drops;
  const cover = new Float32Array(size * size);
  for (let d = 0; d < count; d++) {
    const scale = random.uniform(0.6, 1.2);
    const span = length * scale;
    const x0 = random.uniform(-Math.abs(slant), size + Math.abs(slant));
    const y0 = random.uniform(-span, size);
    const strength = opacity * random.uniform(0.5, 1);
    const last = Math.min(size - 1, Math.floor(y0 + span));
    for (let y = Math.max(0, Math.ceil(y0)); y <= last; y++) {
      const along = (y - y0) / span;
      const centre = x0 + slant * scale * along;
      // Faint at the tail, full at the head.
      const fade = strength * Math.min(1, along * 2 + 0.2);
      const left = centre - width / 2;
      const right = centre + width / 2;
      for (let x = Math.max(0, Math.floor(left)); x < Math.min(size, Math.ceil(right)); x++) {
        const overlap = Math.min(right, x + 1) - Math.max(left, x);
        const at = y * size + x;
        cover[at] = Math.max(cover[at]!, fade * overlap);
      }
    }
  }
  for (let i = 0; i < cover.length; i++) {
    const share = cover[i]!;
    if (share === 0) continue;
    for (let c = 0; c < 3; c++) {
      const at = 3 * i + c;
      pixels[at] = pixels[at]! + (colour[c]! - pixels[at]!) * Math.min(1, share) + 0.5;
    }
  }
}
