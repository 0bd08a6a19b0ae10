import { enlarge } from './geometry.ts';
import type { Picture } from './picture.ts';

/** Makes a picture as small as the side (pixels, less than its own) by means of areas, and large again by repeated or interpolated pixels. */
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

/** The picture `[side, side, 3]` of means of areas (cv2.INTER_AREA), rounded. */
function shrink({ pixels, size }: Picture, side: number): Uint8Array {
  const { first, share } = overlaps(size, side);
  const width = side * 3;
  const row = new Float32Array(width + 3);
  const sums = new Float32Array(width);
  const small = new Uint8Array(side * width);
  let y = 0;
  for (let to = 0; to < side; to++) {
    // The last row of an area that ends within it also begins the next.
    for (; y < size && first[y]! <= to; y++) {
      row.fill(0);
      for (let x = 0, at = 3 * y * size; x < size; x++, at += 3) {
        const column = 3 * first[x]!;
        const part = share[x]!;
        const rest = 1 - part;
        for (let c = 0; c < 3; c++) {
          const value = pixels[at + c]!;
          row[column + c]! += value * part;
          row[column + c + 3]! += value * rest;
        }
      }
      const part = share[y]!;
      for (let x = 0; x < width; x++) sums[x]! += row[x]! * part;
      if (part < 1) {
        y++;
        break;
      }
    }
    const scale = (side / size) ** 2;
    for (let x = 0; x < width; x++) small[to * width + x] = sums[x]! * scale + 0.5;
    const rest = y > 0 ? 1 - share[y - 1]! : 0;
    for (let x = 0; x < width; x++) sums[x] = rest > 0 ? row[x]! * rest : 0;
  }
  return small;
}

/** For each pixel of a row the area in which it begins, and how much of it lies there; the rest lies in the next. */
function overlaps(size: number, side: number): { first: Int32Array; share: Float64Array } {
  const first = new Int32Array(size);
  const share = new Float64Array(size);
  for (let x = 0; x < size; x++) {
    const begin = (x * side) / size;
    first[x] = Math.floor(begin + 1e-9);
    const room = ((first[x]! + 1) * size) / side - x;
    share[x] = room > 1 - 1e-9 ? 1 : room;
  }
  return { first, share };
}
