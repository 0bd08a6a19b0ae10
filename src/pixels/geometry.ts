import { wasm } from './kernels/geometry.generated.ts';
import { kernel } from './kernels/open.ts';
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
  move(pixels, (run, target, bytes) => {
    if (fill) bytes.set(fill, fillAt);
    run.warp(start, target, size, size, ...fixedPoint(mapping), fill ? fillAt : 0);
  });
}

/** Enlarges a picture `[side, side, 3]` into another, between pixels (cv2.INTER_LINEAR). */
export function enlarge(small: Uint8Array, side: number, { pixels, size }: Picture): void {
  const target = start + small.length + 16;
  const { run, bytes } = open(target + pixels.length + 16);
  bytes.set(small, start);
  const step = side / size;
  const first = (step - 1) / 2;
  const nearest = 1;
  const mapping = fixedPoint({ ax: step, bx: 0, cx: first, ay: 0, by: step, cy: first });
  run.warp(start, target, side, size, ...mapping, nearest);
  pixels.set(bytes.subarray(target, target + pixels.length));
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
