import type { Random } from '../base/random.ts';
import { kernel } from '../base/wasm-kernel.ts';
import { wasm } from './kernels/colour.generated.ts';
import { normalDeviates } from './noise.ts';
import type { Picture } from './picture.ts';

const open = kernel<{
  shift(at: number, count: number, hue: number, saturation: number, value: number): void;
  speckle(at: number, count: number, hues: number, lights: number, byHue: number, byLight: number): void;
}>(wasm);

/** Adds to hue (degrees), saturation and value (0..255) of every pixel. A grey pixel stays grey. */
export function shiftColour({ pixels, size }: Picture, hue: number, saturation: number, value: number): void {
  const { run, bytes } = open(pixels.length + 16);
  bytes.set(pixels);
  run.shift(0, size * size, hue / 60, saturation, value);
  pixels.set(bytes.subarray(0, pixels.length));
}

/**
 * Turns the hue of every pixel by a normal deviate times `turn` (radians), and changes its lightness by another times `intensity` times
 * the deviation of the image's lightness.
 */
export function chromaNoise(
  { pixels, size }: Picture,
  turn: number,
  intensity: number,
  random: Random,
): void {
  const count = size * size;
  const deviates = normalDeviates(2 * count, random);
  const hues = (pixels.length + 17) & ~1;
  const { run, bytes } = open(hues + 4 * count + 16);
  new Int16Array(bytes.buffer, hues, 2 * count).set(deviates);
  bytes.set(pixels);
  // Deviates are × 8192, lightness is max + min, hue in sixths of the circle.
  const light = (2 * intensity * lightnessDeviation(pixels)) / 8192;
  run.speckle(0, count, hues, hues + 2 * count, ((turn / Math.PI) * 3) / 8192, light);
  pixels.set(bytes.subarray(0, pixels.length));
}

/** Standard deviation of (max + min) / 2 of every third pixel, 0..255. */
function lightnessDeviation(pixels: Uint8Array): number {
  let n = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < pixels.length; i += 9, n++) {
    const r = pixels[i]!;
    const g = pixels[i + 1]!;
    const b = pixels[i + 2]!;
    const light = (Math.max(r, g, b) + Math.min(r, g, b)) / 2;
    sum += light;
    squares += light * light;
  }
  return Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
}
