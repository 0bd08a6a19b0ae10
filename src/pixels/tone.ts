import { kernel } from '../base/wasm-kernel.ts';
import { wasm } from './kernels/tone.generated.ts';
import type { Picture } from './picture.ts';

const open = kernel<{
  linear(at: number, length: number, factor: number, offset: number): void;
  lookup(at: number, length: number): void;
  graded(src: number, dst: number, rowBytes: number, count: number, columns: number, rows: number): void;
}>(wasm);

/** Where images begin in the kernel's memory: behind the table of `lookup`. */
const start = 256;

/** Replaces each value by the table's: what is done to a value is computed 256 times and not once a pixel. */
export function applyTable({ pixels }: Picture, table: Uint8Array): void {
  const { run, bytes } = open(start + pixels.length + 16);
  bytes.set(table);
  bytes.set(pixels, start);
  run.lookup(start, pixels.length);
  pixels.set(bytes.subarray(start, start + pixels.length));
}

/** The table of a function of a value in 0..255, rounded and clipped to 0..255. */
export function tableOf(f: (value: number) => number): Uint8Array {
  const table = new Uint8Array(256);
  for (let value = 0; value < 256; value++) table[value] = Math.max(0, Math.min(255, Math.round(f(value))));
  return table;
}

/** `factor × value + offset` (0..255), rounded and clipped; the factor is within 1/8192. */
export function linear(picture: Picture, factor: number, offset: number): void {
  if (Math.abs(factor) > 7.9 || Math.abs(offset) > 255) {
    applyTable(
      picture,
      tableOf((value) => value * factor + offset),
    );
    return;
  }
  const { pixels } = picture;
  const { run, bytes } = open(start + pixels.length + 16);
  bytes.set(pixels, start);
  // A half is added, so that what is cut off rounds.
  run.linear(start, pixels.length, Math.round(factor * 4096), Math.round(offset * 128) + 64);
  pixels.set(bytes.subarray(start, start + pixels.length));
}

/** Multiplies by a gain (0 to 31) that runs linearly from `low` to `high` along a direction (radians from the x axis), and clips. */
export function gradedGain({ pixels, size }: Picture, low: number, high: number, angle: number): void {
  const reach = Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle));
  const dx = Math.cos(angle) / (reach * size);
  const dy = Math.sin(angle) / (reach * size);
  const rowBytes = size * 3;
  const columns = (start + 2 * pixels.length + 33) & ~1;
  const rows = columns + 2 * rowBytes + 32;
  const { run, bytes } = open(rows + 2 * size);
  const fixed = (gain: number) => Math.round(gain * 2048);
  const alongX = new Int16Array(bytes.buffer, columns, rowBytes);
  for (let x = 0; x < size; x++)
    alongX.fill(fixed((high - low) * dx * (x + 0.5 - size / 2)), 3 * x, 3 * x + 3);
  const alongY = new Uint16Array(bytes.buffer, rows, size);
  for (let y = 0; y < size; y++)
    alongY[y] = fixed((low + high) / 2 + (high - low) * dy * (y + 0.5 - size / 2));
  bytes.set(pixels, start);
  run.graded(start, start + pixels.length + 16, rowBytes, size, columns, rows);
  pixels.set(bytes.subarray(start + pixels.length + 16, start + 2 * pixels.length + 16));
}
