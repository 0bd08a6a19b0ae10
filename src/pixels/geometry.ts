import { kernel } from '../base/wasm-kernel.ts';
import { wasm } from './kernels/geometry.generated.ts';
import type { Picture } from './picture.ts';

const open = kernel<{
  flip(src: number, dst: number, size: number): void;
  warp(
    src: number,
    dst: number,
    size: number,
    out: number,
    ax: number,
    bx: number,
    cx: number,
    ay: number,
    by: number,
    cy: number,
    fill: number,
  ): void;
  stretch(
    src: number,
    dst: number,
    size: number,
    out: number,
    rows: number,
    columns: number,
    room: number,
  ): void;
  shrink(
    src: number,
    dst: number,
    size: number,
    side: number,
    table: number,
    taps: number,
    room: number,
  ): void;
}>(wasm);

/** Where images begin in the kernel's memory: behind its scratch and the colour that fills what lies outside. */
const start = 48;
const fillAt = 16;

/** Exchanges left and right. */
export function mirror({ pixels, size }: Picture): void {
  move(pixels, (run, target) => run.flip(start, target, size));
}

/** Where a pixel comes from: `x' = ax x + bx y + cx`, `y' = ay x + by y + cy`, in pixels, whole numbers at their centres. */
export interface Mapping {
  ax: number;
  bx: number;
  cx: number;
  ay: number;
  by: number;
  cy: number;
}

/**
 * Takes each pixel from where the mapping says, between four pixels with shares of 1/128. What lies outside is the colour given (RGB,
 * 0..255), or the image mirrored at its edge without repeating it.
 */
export function warp({ pixels, size }: Picture, mapping: Mapping, fill?: readonly number[]): void {
  move(pixels, (run, target, bytes) => {
    if (fill) bytes.set(fill, fillAt);
    run.warp(start, target, size, size, ...fixedPoint(mapping), fill ? fillAt : 0);
  });
}

/** Where rows or columns come from: that of 0, and the way from one to the next, in pixels. */
interface Line {
  first: number;
  step: number;
}

/** Enlarges an image `[side, side, 3]` into another, between pixels (cv2.INTER_LINEAR). */
export function enlarge(small: Uint8Array, side: number, picture: Picture): void {
  const step = side / picture.size;
  const line = { first: (step - 1) / 2, step };
  stretch(small, side, picture, line, line);
}

/** Makes a rectangle of the image (pixels) as large as the whole, between pixels. */
export function zoom(picture: Picture, left: number, top: number, width: number, height: number): void {
  const along = (start: number, length: number): Line => ({
    first: start + (length / picture.size - 1) / 2,
    step: length / picture.size,
  });
  stretch(picture.pixels, picture.size, picture, along(left, width), along(top, height));
}

/** Fills an image from `[side, side, 3]`, between pixels with shares of 1/128; outside are the nearest. */
function stretch(from: Uint8Array, side: number, { pixels, size }: Picture, across: Line, down: Line): void {
  const aligned = (at: number) => (at + 31) & ~15;
  const target = aligned(start + from.length + 3 * side);
  const rows = aligned(target + pixels.length);
  const columns = rows + 8 * size;
  const room = columns + 8 * size;
  const { run, bytes } = open(room + 6 * side + 64);
  bytes.set(from, start);
  const places = ({ first, step }: Line, x: number): [number, number] => {
    const exact = Math.max(0, Math.min(side - 1, first + x * step));
    const place = Math.min(Math.max(0, side - 2), Math.floor(exact));
    return [place, Math.round(128 * (exact - place))];
  };
  const table = new Int32Array(bytes.buffer, rows, 4 * size);
  for (let x = 0; x < size; x++) {
    const [row, below] = places(down, x);
    table[2 * x] = row;
    table[2 * x + 1] = below;
    const [column, right] = places(across, x);
    table[2 * size + 2 * x] = 3 * column;
    table[2 * size + 2 * x + 1] = (128 - right) | (right << 16);
  }
  run.stretch(start, target, side, size, rows, columns, room);
  pixels.set(bytes.subarray(target, target + pixels.length));
}

/** The image `[side, side, 3]` of means of areas (cv2.INTER_AREA), weights rounded to 1/256. */
export function shrink({ pixels, size }: Picture, side: number): Uint8Array {
  const ratio = size / side;
  const taps = Math.ceil(ratio) + 1;
  // Weights of 0 may lie beyond the last row.
  const target = (start + pixels.length + 3 * size * taps + 31) & ~15;
  const table = (target + 3 * side * side + 31) & ~15;
  const room = table + side * (4 + 2 * taps);
  const { run, bytes } = open(room + 3 * (size + taps) + 32);
  const view = new DataView(bytes.buffer, table);
  for (let x = 0; x < side; x++) {
    const begin = x * ratio;
    const end = begin + ratio;
    const first = Math.floor(begin + 1e-9);
    view.setInt32(x * (4 + 2 * taps), first, true);
    // What rounding leaves is passed on.
    let given = 0;
    for (let k = 0; k < taps; k++) {
      const covered = Math.max(0, Math.min(end, first + k + 1, size) - begin) / ratio;
      const weight = Math.round(256 * Math.min(1, covered)) - given;
      given += weight;
      view.setUint16(x * (4 + 2 * taps) + 4 + 2 * k, weight, true);
    }
  }
  bytes.set(pixels, start);
  run.shrink(start, target, size, side, table, taps, room);
  return bytes.slice(target, target + 3 * side * side);
}

/** The mapping in 1/65536 of a pixel. Half a share is added, so that what is cut off rounds. */
function fixedPoint({ ax, bx, cx, ay, by, cy }: Mapping) {
  const fixed = (value: number) => Math.round(Math.max(-32000, Math.min(32000, value)) * 65536);
  const half = 1 / 256;
  return [fixed(ax), fixed(bx), fixed(cx + half), fixed(ay), fixed(by), fixed(cy + half)] as const;
}

function move(
  pixels: Uint8Array,
  work: (run: ReturnType<typeof open>['run'], target: number, bytes: Uint8Array) => void,
): void {
  const target = start + pixels.length + 16;
  const { run, bytes } = open(target + pixels.length + 16);
  bytes.set(pixels, start);
  work(run, target, bytes);
  pixels.set(bytes.subarray(target, target + pixels.length));
}
