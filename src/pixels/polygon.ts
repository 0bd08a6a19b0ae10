import type { Picture } from './picture.ts';

/** Multiplies what lies in a polygon by a factor (0 to 1), by the even-odd rule; pixels belong to it by their centres. */
export function shade(
  { pixels, size }: Picture,
  corners: readonly (readonly [number, number])[],
  factor: number,
): void {
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.round(value * factor));
  for (let y = 0; y < size; y++) {
    const crossings: number[] = [];
    for (const [k, [x1, y1]] of corners.entries()) {
      const [x2, y2] = corners[(k + 1) % corners.length]!;
      if (y1 <= y + 0.5 !== y2 <= y + 0.5) crossings.push(x1 + ((y + 0.5 - y1) / (y2 - y1)) * (x2 - x1));
    }
    crossings.sort((a, b) => a - b);
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const first = Math.max(0, Math.ceil(crossings[k]! - 0.5));
      const last = Math.min(size, Math.ceil(crossings[k + 1]! - 0.5));
      for (let at = 3 * (y * size + first); at < 3 * (y * size + last); at++)
        pixels[at] = table[pixels[at]!]!;
    }
  }
}
