import { wasm } from './convolve.generated.ts';

/** A neighbour, pixels to the right and down, and its share. */
export interface Tap {
  dx: number;
  dy: number;
  weight: number;
}

interface Kernel {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
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
}

// Node's types do not declare it, and the browser's declare far more.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

let kernel: Kernel | undefined;

function open(bytes: number): Kernel {
  kernel ??= new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(wasm, 'base64'))).exports as Kernel;
  const missing = bytes - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / 65536));
  return kernel;
}

/**
 * Convolves a picture `[size, size, 3]` in place by each list of taps in turn. Weights are rounded to 1/256 and add up to 1, so that
 * a flat picture stays as it is; borders are mirrored without repeating the edge, as OpenCV does.
 */
export function convolve(pixels: Uint8Array, size: number, passes: readonly (readonly Tap[])[]): void {
  const width = size * 3;
  const tapBytes = 8 * Math.max(...passes.map((taps) => taps.length));
  for (const taps of passes) {
    const left = Math.max(0, ...taps.map(({ dx }) => -dx));
    const right = Math.max(0, ...taps.map(({ dx }) => dx));
    const above = Math.max(0, ...taps.map(({ dy }) => -dy));
    const below = Math.max(0, ...taps.map(({ dy }) => dy));
    const stride = (size + left + right) * 3;
    const rows = size + above + below;
    // Weights, offsets, the picture with its borders, the result; 16 bytes to spare behind each of the two.
    const source = 2 * tapBytes;
    const target = source + rows * stride + 16;
    const { memory, convolve: run } = open(target + size * width + 16);
    const bytes = new Uint8Array(memory.buffer);
    for (let y = 0; y < rows; y++) {
      const from = mirror(y - above, size) * width;
      const to = source + y * stride;
      bytes.set(pixels.subarray(from, from + width), to + left * 3);
      for (let x = 0; x < left; x++) copyPixel(pixels, from + mirror(x - left, size) * 3, bytes, to + x * 3);
      for (let x = 0; x < right; x++)
        copyPixel(pixels, from + mirror(size + x, size) * 3, bytes, to + (left + size + x) * 3);
    }
    new Uint16Array(memory.buffer, 0, taps.length).set(fixedPoint(taps));
    new Int32Array(memory.buffer, tapBytes, taps.length).set(
      taps.map(({ dx, dy }) => (dy + above) * stride + (dx + left) * 3),
    );
    run(source, target, width, size, stride, tapBytes, 0, taps.length);
    pixels.set(bytes.subarray(target, target + size * width));
  }
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

function copyPixel(source: Uint8Array, from: number, target: Uint8Array, to: number): void {
  target[to] = source[from]!;
  target[to + 1] = source[from + 1]!;
  target[to + 2] = source[from + 2]!;
}

function mirror(i: number, size: number): number {
  if (i < 0) i = -i;
  if (i >= size) i = 2 * size - 2 - i;
  return i < 0 ? 0 : i >= size ? size - 1 : i;
}
