import { kernel } from '../base/wasm-kernel.ts';
import { wasm } from './kernels/jpeg.generated.ts';
import type { Picture } from './picture.ts';

// biome-ignore format: as the standard prints them.
const luma = [
  16, 11, 10, 16, 24, 40, 51, 61,
  12, 12, 14, 19, 26, 58, 60, 55,
  14, 13, 16, 24, 40, 57, 69, 56,
  14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77,
  24, 35, 55, 64, 81, 104, 113, 92,
  49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
// biome-ignore format: as the standard prints them.
const chroma = [
  17, 18, 24, 47, 99, 99, 99, 99,
  18, 21, 26, 66, 99, 99, 99, 99,
  24, 26, 56, 99, 99, 99, 99, 99,
  47, 66, 99, 99, 99, 99, 99, 99,
  ...Array<number>(32).fill(99),
];

const openEmpty = kernel<{
  split(at: number, count: number, y: number, cb: number, cr: number): void;
  halve(plane: number, side: number): void;
  quantise(plane: number, side: number, table: number): void;
  join(at: number, side: number, y: number, cb: number, cr: number): void;
}>(wasm);
let filled = false;

/** Two tables behind the kernel's matrices and its room; then the image. */
const tables = 1024;
const start = tables + 512;

function open(bytes: number) {
  const opened = openEmpty(bytes);
  if (!filled) {
    const matrix = new Float32Array(opened.bytes.buffer, 0, 128);
    for (let u = 0; u < 8; u++)
      for (let x = 0; x < 8; x++) {
        const value = Math.sqrt((u === 0 ? 1 : 2) / 8) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
        matrix[8 * u + x] = value;
        matrix[64 + 8 * x + u] = value;
      }
    filled = true;
  }
  return opened;
}

/**
 * What an image loses as a baseline JPEG with chroma of half the resolution: the tables are those of ITU-T T.81 annex K, scaled by
 * quality (1..100) as libjpeg does. Nothing is encoded.
 */
export function compress({ pixels, size }: Picture, quality: number): void {
  // Blocks of chroma cover 16 pixels; what is missing repeats the edge.
  const side = (size + 15) & ~15;
  const count = side * side;
  const y = (start + 3 * count + 19) & ~3;
  const [cb, cr] = [y + 4 * count, y + 8 * count];
  const { run, bytes } = open(cr + 4 * count);
  const steps = new Float32Array(bytes.buffer, tables, 128);
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  for (const [k, step] of [...luma, ...chroma].entries())
    steps[k] = Math.max(1, Math.min(255, Math.floor((step * scale + 50) / 100)));
  if (side === size) bytes.set(pixels, start);
  else
    for (let row = 0; row < side; row++) {
      const from = Math.min(row, size - 1) * size * 3;
      const to = start + row * side * 3;
      bytes.set(pixels.subarray(from, from + size * 3), to);
      for (let x = size * 3; x < side * 3; x++) bytes[to + x] = bytes[to + x - 3]!;
    }
  run.split(start, count, y, cb, cr);
  run.halve(cb, side);
  run.halve(cr, side);
  run.quantise(y, side, tables);
  run.quantise(cb, side / 2, tables + 256);
  run.quantise(cr, side / 2, tables + 256);
  run.join(start, side, y, cb, cr);
  for (let row = 0; row < size; row++) {
    const from = start + row * side * 3;
    pixels.set(bytes.subarray(from, from + size * 3), row * size * 3);
  }
}
