import type { Random } from '../base/random.ts';
import { gaussianBlur } from './blur.ts';
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

/**
 * Patches of fog as albumentations' RandomFog draws them: discs of white, by `density × opacity` (both 0..1) each, in ten regions around the
 * middle of which each is a tenth narrower than the last, softened at the end.
 */
export function fogPatches(picture: Picture, density: number, opacity: number, random: Random): void {
  const { pixels, size } = picture;
  const region = Math.max(1, Math.floor(Math.floor(size / 3) * density));
  const widest = Math.max(2, Math.floor(size * 0.1 * density));
  const narrowest = Math.max(1, widest >> 1);
  const alpha = density * opacity;
  if (alpha === 0) return;
  const middle = (size - 1) >> 1;
  let width = size;
  for (let k = 0; k < 10 && width > region; k++, width = Math.floor(width * 0.9)) {
    const half = width >> 1;
    for (let rest = Math.floor(((width * width) / (region * region)) * density * 10); rest > 0; rest--) {
      const x = random.integer(middle - half, middle + half);
      const y = random.integer(middle - half, middle + half);
      whiten({ pixels, size }, { x, y, radius: random.integer(narrowest, widest - 1) }, alpha);
    }
  }
  gaussianBlur(picture, Math.max(3, Math.floor(size / 30)) | 1, 0);
}

/** Blends a disc towards white by `alpha`. */
function whiten(
  { pixels, size }: Picture,
  disc: { x: number; y: number; radius: number },
  alpha: number,
): void {
  const { x, y, radius } = disc;
  for (let row = Math.max(0, y - radius); row <= Math.min(size - 1, y + radius); row++) {
    const reach = Math.floor(Math.sqrt(radius * radius - (row - y) * (row - y)));
    const last = 3 * (row * size + Math.min(size - 1, x + reach)) + 2;
    for (let at = 3 * (row * size + Math.max(0, x - reach)); at <= last; at++)
      pixels[at] = pixels[at]! + (255 - pixels[at]!) * alpha + 0.5;
  }
}

/**
 * Fog in swathes after ImageNet-C: `(picture + amount × plasma) / (1 + amount × plasma)`, values in 0..1, towards a white of 0.92. ImageNet-C
 * divides by `1 + amount` everywhere, which darkens where the plasma is thin, and a bright photograph as a whole: that is smoke. The
 * plasma is made by the diamond-square algorithm; the wobble of a scale is that of the next larger divided by `decay`.
 */
export function plasmaFog({ pixels, size }: Picture, amount: number, decay: number, random: Random): void {
  let side = 1;
  while (side < size) side *= 2;
  const field = plasma(side, decay, random);
  const white = 0.92 * 255;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      // Fog is thin somewhere, and absent nowhere.
      const fog = amount * (0.2 + 0.8 * field[y * side + x]!);
      const cover = fog / (1 + fog);
      const at = 3 * (y * size + x);
      for (let c = at; c < at + 3; c++) pixels[c] = pixels[c]! + (white - pixels[c]!) * cover + 0.5;
    }
}

/** A tiling plasma fractal `[side, side]` (a power of two), 0..1. */
function plasma(side: number, decay: number, random: Random): Float32Array {
  const field = new Float32Array(side * side);
  const at = (x: number, y: number) => field[(y & (side - 1)) * side + (x & (side - 1))]!;
  let wobble = 100;
  for (let step = side; step >= 2; step >>= 1, wobble /= decay) {
    const half = step >> 1;
    const put = (x: number, y: number, mean: number) => {
      field[y * side + x] = mean + wobble * random.uniform(-1, 1);
    };
    for (let y = 0; y < side; y += step)
      for (let x = 0; x < side; x += step)
        put(x + half, y + half, (at(x, y) + at(x + step, y) + at(x, y + step) + at(x + step, y + step)) / 4);
    for (let y = 0; y < side; y += half)
      for (let x = (y / half) % 2 === 0 ? half : 0; x < side; x += step)
        put(x, y, (at(x - half, y) + at(x + half, y) + at(x, y - half) + at(x, y + half)) / 4);
  }
  let low = field[0]!;
  let high = low;
  for (const value of field) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return field.map((value) => (value - low) / (high - low || 1));
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

/** How far a drop covers each pixel: all 0 between two calls, as a new one each time costs more than the drops. */
let cover = new Float32Array(0);

/** Draws falling drops as antialiased streaks at random places. */
export function rainDrops({ pixels, size }: Picture, drops: RainDrops, random: Random): void {
  const { count, length, slant, width, colour, opacity } = drops;
  if (cover.length < size * size) cover = new Float32Array(size * size);
  const touched: number[] = [];
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
        const share = fade * overlap;
        const before = cover[at]!;
        if (share <= before) continue;
        if (before === 0) touched.push(at);
        cover[at] = share;
      }
    }
  }
  const [red, green, blue] = colour as [number, number, number];
  for (const i of touched) {
    const share = Math.min(1, cover[i]!);
    cover[i] = 0;
    const at = 3 * i;
    pixels[at] = pixels[at]! + (red - pixels[at]!) * share + 0.5;
    pixels[at + 1] = pixels[at + 1]! + (green - pixels[at + 1]!) * share + 0.5;
    pixels[at + 2] = pixels[at + 2]! + (blue - pixels[at + 2]!) * share + 0.5;
  }
}
