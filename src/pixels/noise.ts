import type { Random } from '../base/random.ts';
import { normalQuantile } from '../base/statistics.ts';
import { kernel } from '../base/wasm-kernel.ts';
import { wasm } from './kernels/noise.generated.ts';
import type { Picture } from './picture.ts';

/** 4096 values of the normal distribution with equal probabilities, × 8192. */
const quantiles = Int16Array.from({ length: 4096 }, (_, i) =>
  Math.round(8192 * normalQuantile((i + 0.5) / 4096)),
);

const openEmpty = kernel<{
  draw(target: number, count: number): void;
  add(at: number, length: number, noise: number, scale: number): void;
}>(wasm);
let filled = false;

function open(bytes: number) {
  const opened = openEmpty(bytes);
  if (!filled) new Int16Array(opened.bytes.buffer, 0, 4096).set(quantiles);
  filled = true;
  return opened;
}

/** Where images begin in the kernel's memory: behind the quantiles and the generators' states. */
const start = 8192 + 16;

/** Draws normal deviates × 8192 to the given place of the kernel's memory. The generators start from the stream. */
function draw(opened: ReturnType<typeof open>, target: number, count: number, random: Random): Int16Array {
  const states = new Int32Array(opened.bytes.buffer, 8192, 4);
  for (let k = 0; k < 4; k++) states[k] = random.bits();
  opened.run.draw(target, count);
  return new Int16Array(opened.bytes.buffer, target, count);
}

/** Normal deviates × 8192. They are valid until the next noise is drawn. */
export function normalDeviates(count: number, random: Random): Int16Array {
  return draw(open(start + 2 * count + 16), start, count, random);
}

/** Adds Gaussian noise of the given standard deviation (0..255), to each channel by itself or to all alike. */
export function gaussianNoise(
  { pixels, size }: Picture,
  deviation: number,
  perChannel: boolean,
  random: Random,
): void {
  const noise = (start + pixels.length + 17) & ~1;
  const grey = noise + 2 * pixels.length + 32;
  const opened = open(grey + (perChannel ? 0 : 2 * size * size + 16));
  if (perChannel) draw(opened, noise, pixels.length, random);
  else {
    const deviates = draw(opened, grey, size * size, random);
    const each = new Int16Array(opened.bytes.buffer, noise, pixels.length);
    for (let i = 0, at = 0; i < deviates.length; i++, at += 3)
      each[at] = each[at + 1] = each[at + 2] = deviates[i]!;
  }
  opened.bytes.set(pixels, start);
  opened.run.add(start, pixels.length, noise, Math.round(deviation * 64));
  pixels.set(opened.bytes.subarray(start, start + pixels.length));
}

/** Adds noise of variance `read² + shot × value` (0..255), each channel by itself: electronics and counted photons. */
export function sensorNoise({ pixels }: Picture, read: number, shot: number, random: Random): void {
  const scale = Int32Array.from({ length: 256 }, (_, value) =>
    Math.round(64 * Math.sqrt(read * read + shot * value)),
  );
  const deviates = normalDeviates(pixels.length, random);
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let i = 0; i < clamped.length; i++) {
    const value = clamped[i]!;
    clamped[i] = value + ((deviates[i]! * scale[value]! + 262144) >> 19);
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
