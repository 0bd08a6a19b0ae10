import { enlarge, shrink } from './geometry.ts';
import type { Picture } from './picture.ts';

/** Makes an image as small as the side (pixels, less than its own) by means of areas, and large again by repeated or interpolated pixels. */
export function downUp(picture: Picture, side: number, repeat: boolean): void {
  const small = shrink(picture, side);
  if (!repeat) {
    enlarge(small, side, picture);
    return;
  }
  const { pixels, size } = picture;
  const from = Int32Array.from({ length: size }, (_, x) => 3 * Math.floor(((x + 0.5) * side) / size));
  for (let y = 0; y < size; y++) {
    const row = from[y]! * side;
    for (let x = 0, to = 3 * y * size; x < size; x++, to += 3) {
      const at = row + from[x]!;
      pixels[to] = small[at]!;
      pixels[to + 1] = small[at + 1]!;
      pixels[to + 2] = small[at + 2]!;
    }
  }
}
