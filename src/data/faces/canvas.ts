import type { Colour } from './person.ts';

/** Coordinates of every pixel of the image in one frame of reference (image, head, surface of the face), and the side of a pixel in it. */
export interface Space {
  u: Float32Array;
  v: Float32Array;
  pixel: number;
  /** The pixels among which all points of a box lie: left, top, right, bottom, in pixels, the last two excluded. */
  bounds(box: Box): Box;
}

/** Left, top, right, bottom: outside it a shape is not looked for. */
export type Box = readonly [number, number, number, number];

export interface Ink {
  colour: Colour;
  opacity?: number;
  /** Width over which the edge fades; at least a pixel. */
  soft?: number;
  /** Factor of the colour at each pixel. */
  light?: Float32Array | undefined;
}

/** An image in the making: linear mixing of shapes given by their signed distance (negative inside), with smooth edges. */
export class Canvas {
  /** `[size, size, 3]`, 0..1 and beyond. */
  readonly values: Float32Array;

  constructor(readonly size: number) {
    this.values = new Float32Array(size * size * 3);
  }

  paint(space: Space, box: Box, distance: (u: number, v: number) => number, ink: Ink): void {
    const { values } = this;
    const { u, v, pixel } = space;
    const { colour, opacity = 1, light } = ink;
    const soft = Math.max(pixel, ink.soft ?? 0);
    const [left, top, right, bottom] = space.bounds([
      box[0] - soft,
      box[1] - soft,
      box[2] + soft,
      box[3] + soft,
    ]);
    for (let row = top; row < bottom; row++)
      for (let i = row * this.size + left, end = row * this.size + right; i < end; i++) {
        const cover = 0.5 - distance(u[i]!, v[i]!) / soft;
        // Not a number where the surface is turned away.
        if (!(cover > 0)) continue;
        const share = Math.min(cover, 1) * opacity;
        const factor = light ? light[i]! : 1;
        const at = 3 * i;
        values[at] = values[at]! + (colour[0] * factor - values[at]!) * share;
        values[at + 1] = values[at + 1]! + (colour[1] * factor - values[at + 1]!) * share;
        values[at + 2] = values[at + 2]! + (colour[2] * factor - values[at + 2]!) * share;
      }
  }
}

/** Signed distance to an axis-aligned ellipse, exact in sign and near it in size. */
export function ellipse(x: number, y: number, a: number, b: number): number {
  const k0 = Math.sqrt((x / a) ** 2 + (y / b) ** 2);
  const k1 = Math.sqrt((x / (a * a)) ** 2 + (y / (b * b)) ** 2);
  return k1 < 1e-9 ? -Math.min(a, b) : (k0 * (k0 - 1)) / k1;
}

/** Signed distance to a box of half sides a and b with corners of radius r. */
export function roundBox(x: number, y: number, a: number, b: number, r: number): number {
  const dx = Math.abs(x) - a + r;
  const dy = Math.abs(y) - b + r;
  return Math.min(Math.max(dx, dy), 0) + Math.sqrt(Math.max(dx, 0) ** 2 + Math.max(dy, 0) ** 2) - r;
}

/** Signed distance to an arch over −a..a: thickness falls from `up` above and `down` below the curve to nothing at the ends. */
export function arch(x: number, y: number, a: number, up: number, down: number): number {
  const t = 1 - (x / a) ** 2;
  if (t <= 0) return Math.sqrt((Math.abs(x) - a) ** 2 + y * y) + 0.001;
  return y < 0 ? -y - up * t : y - down * t;
}
