import { kernel } from '../../base/wasm-kernel.ts';
import { wasm } from './convolve.generated.ts';

/** A neighbour, pixels to the right and down, and its share. */
export interface Tap {
  dx: number;
  dy: number;
  weight: number;
}

const open = kernel<{
  pad(
    src: number,
    dst: number,
    size: number,
    left: number,
    right: number,
    above: number,
    below: number,
  ): void;
  convolve(
    source: number,
    target: number,
    rowBytes: number,
    rows: number,
    stride: number,
    offsets: number,
    weights: number,
    taps: number,
  ): void;
}>(wasm);

/**
 * Convolves an image `[size, size, 3]` in place by each list of taps in turn. Weights are rounded to 1/256 and add up to 1, so that
 * a flat image stays as it is; borders are mirrored without repeating the edge, as OpenCV does.
 */
export function convolve(pixels: Uint8Array, size: number, passes: readonly (readonly Tap[])[]): void {
  const width = size * 3;
  const room = passes.map((taps) => {
    const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), 0);
    const left = most(taps.map(({ dx }) => -dx));
    const right = most(taps.map(({ dx }) => dx));
    const above = most(taps.map(({ dy }) => -dy));
    const below = most(taps.map(({ dy }) => dy));
    return { left, right, above, below, stride: (size + left + right) * 3, rows: size + above + below };
  });
  // Weights, offsets, the image, the image with its borders; 16 bytes to spare behind each of the two.
  const tapBytes = 8 * Math.max(...passes.map((taps) => taps.length));
  const plain = 2 * tapBytes;
  const padded = plain + pixels.length + 16;
  const { run, bytes } = open(padded + Math.max(...room.map(({ stride, rows }) => stride * rows)) + 16);
  bytes.set(pixels, plain);
  for (const [k, taps] of passes.entries()) {
    const { left, right, above, below, stride } = room[k]!;
    new Uint16Array(bytes.buffer, 0, taps.length).set(fixedPoint(taps));
    const offsets = new Int32Array(bytes.buffer, tapBytes, taps.length);
    for (const [n, { dx, dy }] of taps.entries()) offsets[n] = (dy + above) * stride + (dx + left) * 3;
    run.pad(plain, padded, size, left, right, above, below);
    run.convolve(padded, plain, width, size, stride, tapBytes, 0, taps.length);
  }
  pixels.set(bytes.subarray(plain, plain + pixels.length));
}

/**
 * Weights as whole numbers that add up to 256: what rounding leaves is passed to the neighbour, inwards from both ends, and
 * the last of it to the largest.
 */
function fixedPoint(taps: readonly Tap[]): Uint16Array {
  const total = taps.reduce((sum, { weight }) => sum + weight, 0);
  const fixed = new Uint16Array(taps.length);
  const owed = [0, 0];
  for (let n = 0; n < taps.length; n++) {
    const side = n & 1;
    const k = side === 0 ? n >> 1 : taps.length - 1 - (n >> 1);
    owed[side]! += (taps[k]!.weight / total) * 256;
    fixed[k] = Math.max(0, Math.round(owed[side]!));
    owed[side]! -= fixed[k]!;
  }
  const largest = taps.reduce((best, { weight }, k) => (weight > taps[best]!.weight ? k : best), 0);
  fixed[largest] = fixed[largest]! + 256 - fixed.reduce((sum, weight) => sum + weight, 0);
  return fixed;
}
