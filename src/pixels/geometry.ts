import { wasm } from './kernels/geometry.generated.ts';
import { kernel } from './kernels/open.ts';
import type { Picture } from './picture.ts';

const open = kernel<{
  flip(src: number, dst: number, size: number): void;
  warp(
    src: number,
    dst: number,
    size: number,
    ax: number,
    bx: number,
    cx: number,
    ay: number,
    by: number,
    cy: number,
    fill: number,
  ): void;
}>(wasm);

/** Where pictures begin in the kernel's memory: behind its scratch and the colour that fills what lies outside. */
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
 * 0..255), or the picture mirrored at its edge without repeating it.
 */
export function warp({ pixels, size }: Picture, mapping: Mapping, fill?: readonly number[]): void {
  const fixed = (value: number) => Math.round(Math.max(-32000, Math.min(32000, value)) * 65536);
  // Half a share is added, so that what is cut off rounds.
  const { ax, bx, cx, ay, by, cy } = mapping;
  const half = 1 / 256;
  const numbers = [ax, bx, cx + half, ay, by, cy + half].map(fixed) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  move(pixels, (run, target, bytes) => {
    if (fill) bytes.set(fill, fillAt);
    run.warp(start, target, size, ...numbers, fill ? fillAt : 0);
  });
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
