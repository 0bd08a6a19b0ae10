import type { Random } from '../base/random.ts';
import { normalQuantile } from '../base/statistics.ts';
import type { Picture } from './picture.ts';

/** 4096 values of the normal distribution with equal probabilities, × 1024. */
const quantiles = Int32Array.from({ length: 4096 }, (_, i) =>
  Math.round(1024 * normalQuantile((i + 0.5) / 4096)),
);

/** Adds Gaussian noise of the given standard deviation (0..255), to each channel by itself or to all alike. */
export function gaussianNoise(
  { pixels }: Picture,
  deviation: number,
  perChannel: boolean,
  random: Random,
): void {
  const scale = Math.round(deviation * 64);
  addNoise(pixels, new Int32Array(256).fill(scale), perChannel ? 1 : 3, random);
}

/** Adds noise of variance `read² + shot × value` (0..255), each channel by itself: electronics and counted photons. */
export function sensorNoise({ pixels }: Picture, read: number, shot: number, random: Random): void {
  const scale = Int32Array.from({ length: 256 }, (_, value) =>
    Math.round(64 * Math.sqrt(read * read + shot * value)),
  );
  addNoise(pixels, scale, 1, random);
}

/**
 * Adds `scale[value] / 64` normal deviates, one for each run of `step` values. They come from a generator of its own (PCG
 * RXS-M-XS 32, O'Neill 2014), started by the stream: kept in a local variable it is several times faster.
 */
function addNoise(pixels: Uint8Array, scale: Int32Array, step: 1 | 3, random: Random): void {
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  let state = random.bits() | 0;
  let bits = 0;
  for (let i = 0, n = 0; i < clamped.length; i += step, n++) {
    if ((n & 1) === 0) {
      state = (Math.imul(state, 747796405) + 2891336453) | 0;
      const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737);
      bits = (word >>> 22) ^ word;
    } else bits >>>= 16;
    const deviate = quantiles[bits & 4095]!;
    for (let c = i; c < i + step; c++) {
      const value = clamped[c]!;
      clamped[c] = value + ((deviate * scale[value]! + 32768) >> 16);
    }
  }
}

/**
 * A smooth random field `[size, size]`, 0..1: values on a grid of `cells` + 1 points a side, joined smoothly, with a second octave
 * of half the weight (value noise).
 */
export function smoothField(size: number, cells: number, random: Random): Float32Array {
  const field = new Float32Array(size * size);
  for (const [octave, weight] of [[cells, 2 / 3] as const, [cells * 2, 1 / 3] as const]) {
    const side = octave + 1;
    const grid = Float32Array.from({ length: side * side }, () => random.uniform());
    const index = new Int32Array(size);
    const share = new Float32Array(size);
    for (let x = 0; x < size; x++) {
      const at = ((x + 0.5) / size) * octave;
      index[x] = Math.min(octave - 1, Math.floor(at));
      const t = at - index[x]!;
      share[x] = t * t * (3 - 2 * t);
    }
    for (let y = 0; y < size; y++) {
      const row = index[y]! * side;
      const ty = share[y]!;
      for (let x = 0; x < size; x++) {
        const at = row + index[x]!;
        const tx = share[x]!;
        const top = grid[at]! + (grid[at + 1]! - grid[at]!) * tx;
        const bottom = grid[at + side]! + (grid[at + side + 1]! - grid[at + side]!) * tx;
        field[y * size + x]! += weight * (top + (bottom - top) * ty);
      }
    }
  }
  return field;
}
