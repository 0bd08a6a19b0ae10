import type { Picture } from './picture.ts';

/**
 * Gaussian blur with an odd kernel; sigma 0 takes OpenCV's `0.3 ((kernel − 1) / 2 − 1) + 0.8`. Borders are mirrored without
 * repeating the edge, as OpenCV does. Two passes in fixed point.
 */
export function gaussianBlur({ pixels, size }: Picture, kernel: number, sigma = 0): void {
  const radius = Math.min(kernel >> 1, size - 1);
  if (radius < 1) return;
  const deviation = sigma > 0 ? sigma : 0.3 * ((kernel - 1) * 0.5 - 1) + 0.8;
  const weights = fixedPoint(
    Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
      Math.exp(-((k - radius) ** 2) / (2 * deviation * deviation)),
    ),
  );
  const padded = new Int32Array((size + 2 * radius) * 3);
  const middle = new Uint8Array(pixels.length);
  for (let y = 0; y < size; y++) {
    const row = y * size * 3;
    for (let x = -radius; x < size + radius; x++) {
      const from = row + mirror(x, size) * 3;
      const to = (x + radius) * 3;
      padded[to] = pixels[from]!;
      padded[to + 1] = pixels[from + 1]!;
      padded[to + 2] = pixels[from + 2]!;
    }
    for (let i = 0; i < size * 3; i++) {
      let sum = 32768;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * padded[i + 3 * k]!;
      middle[row + i] = sum >> 16;
    }
  }
  const width = size * 3;
  const rows = new Int32Array(weights.length);
  for (let y = 0; y < size; y++) {
    for (let k = 0; k < weights.length; k++) rows[k] = mirror(y + k - radius, size) * width;
    for (let i = 0; i < width; i++) {
      let sum = 32768;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * middle[rows[k]! + i]!;
      pixels[y * width + i] = sum >> 16;
    }
  }
}

/** Blur along a line of the given length (pixels) and direction (radians from the x axis), as of a moving camera. */
export function motionBlur(picture: Picture, length: number, angle: number): void {
  const steps = Math.max(1, Math.round(length));
  const half = (length - 1) / 2;
  const places = Array.from({ length: steps }, (_, s) =>
    steps === 1 ? 0 : -half + (2 * half * s) / (steps - 1),
  );
  convolve(
    picture,
    lineTaps(
      places,
      places.map(() => 1),
      angle,
    ),
  );
}

/** Blur that trails off from each pixel along a line: `weights[k]` is the share of the pixel k further on. */
export function lineBlur(picture: Picture, weights: Float64Array, angle: number): void {
  convolve(picture, lineTaps([...weights.keys()], [...weights], angle));
}

interface Tap {
  dx: number;
  dy: number;
  weight: number;
}

function convolve({ pixels, size }: Picture, taps: readonly Tap[]): void {
  const weights = fixedPoint(Float64Array.from(taps, (tap) => tap.weight));
  const source = pixels.slice();
  const width = size * 3;
  const columns = new Int32Array(taps.length * size);
  for (let t = 0; t < taps.length; t++)
    for (let x = 0; x < size; x++) columns[t * size + x] = mirror(x + taps[t]!.dx, size) * 3;
  const rows = new Int32Array(taps.length);
  for (let y = 0; y < size; y++) {
    for (let t = 0; t < taps.length; t++) rows[t] = mirror(y + taps[t]!.dy, size) * width;
    for (let x = 0; x < size; x++) {
      let r = 32768;
      let g = 32768;
      let b = 32768;
      for (let t = 0; t < rows.length; t++) {
        const at = rows[t]! + columns[t * size + x]!;
        const weight = weights[t]!;
        r += weight * source[at]!;
        g += weight * source[at + 1]!;
        b += weight * source[at + 2]!;
      }
      const to = y * width + x * 3;
      pixels[to] = r >> 16;
      pixels[to + 1] = g >> 16;
      pixels[to + 2] = b >> 16;
    }
  }
}

/** Whole-pixel taps of points on a line through the centre, each shared among its four neighbours. */
function lineTaps(places: readonly number[], shares: readonly number[], angle: number): Tap[] {
  const taps = new Map<string, Tap>();
  for (const [k, place] of places.entries()) {
    const x = place * Math.cos(angle);
    const y = place * Math.sin(angle);
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    for (const [dx, wx] of [[x0, 1 - (x - x0)] as const, [x0 + 1, x - x0] as const])
      for (const [dy, wy] of [[y0, 1 - (y - y0)] as const, [y0 + 1, y - y0] as const]) {
        const weight = wx * wy * shares[k]!;
        if (weight < 1e-6) continue;
        const tap = taps.get(`${dx},${dy}`);
        if (tap) tap.weight += weight;
        else taps.set(`${dx},${dy}`, { dx, dy, weight });
      }
  }
  return [...taps.values()];
}

/** Weights as whole numbers that add up to 65536 exactly, so that a flat picture stays as it is. */
function fixedPoint(weights: Float64Array): Int32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const fixed = Int32Array.from(weights, (weight) => Math.round((weight / total) * 65536));
  const middle = fixed.length >> 1;
  fixed[middle] = fixed[middle]! + 65536 - fixed.reduce((sum, weight) => sum + weight, 0);
  return fixed;
}

function mirror(i: number, size: number): number {
  if (i < 0) i = -i;
  if (i >= size) i = 2 * size - 2 - i;
  return i < 0 ? 0 : i >= size ? size - 1 : i;
}
