import { convolve, type Tap } from './kernels/convolution.ts';
import type { Picture } from './picture.ts';

/** OpenCV's kernels if sigma is not given: right half, the middle first. */
const smallKernels: Record<number, readonly number[]> = {
  3: [0.5, 0.25],
  5: [0.375, 0.25, 0.0625],
  7: [0.28125, 0.21875, 0.109375, 0.03125],
};

/**
 * Gaussian blur with an odd kernel. Sigma 0 is OpenCV's choice: binomial kernels up to 7, then
 * `0.3 ((kernel − 1) / 2 − 1) + 0.8`.
 */
export function gaussianBlur({ pixels, size }: Picture, kernel: number, sigma = 0): void {
  const radius = Math.min(kernel >> 1, size - 1);
  if (radius < 1) return;
  const deviation = sigma > 0 ? sigma : 0.3 * ((kernel - 1) * 0.5 - 1) + 0.8;
  const places = Array.from({ length: 2 * radius + 1 }, (_, k) => k - radius);
  const small = sigma > 0 || radius < kernel >> 1 ? undefined : smallKernels[kernel];
  const weights = places.map((place) =>
    small ? small[Math.abs(place)]! : Math.exp(-(place ** 2) / (2 * deviation * deviation)),
  );
  convolve(pixels, size, [
    places.map((dx, k) => ({ dx, dy: 0, weight: weights[k]! })),
    places.map((dy, k) => ({ dx: 0, dy, weight: weights[k]! })),
  ]);
}

/** Blur along a line of the given length (pixels) and direction (radians from the x axis), as of a moving camera. */
export function motionBlur({ pixels, size }: Picture, length: number, angle: number): void {
  const steps = Math.max(1, Math.round(length));
  const half = (length - 1) / 2;
  const places = Array.from({ length: steps }, (_, s) =>
    steps === 1 ? 0 : -half + (2 * half * s) / (steps - 1),
  );
  convolve(pixels, size, [
    lineTaps(
      places,
      places.map(() => 1),
      angle,
    ),
  ]);
}

/** Blur that trails off from each pixel along a line: `weights[k]` is the share of the pixel k further on. */
export function lineBlur({ pixels, size }: Picture, weights: Float64Array, angle: number): void {
  convolve(pixels, size, [lineTaps([...weights.keys()], [...weights], angle)]);
}

/** A disc of the given radius (whole pixels) in place of each point, its edge softened by a standard deviation in pixels: albumentations' defocus. */
export function defocus({ pixels, size }: Picture, radius: number, softness: number): void {
  if (radius < 1) return;
  const edge = radius <= 8 ? 1 : 2;
  const reach = radius + edge;
  const soften = Array.from({ length: 2 * edge + 1 }, (_, k) =>
    softness > 1e-3 ? Math.exp(-((k - edge) ** 2) / (2 * softness * softness)) : Number(k === edge),
  );
  const inside = (x: number, y: number) => Number(x * x + y * y <= radius * radius);
  const taps: Tap[] = [];
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++) {
      let weight = 0;
      for (const [v, down] of soften.entries())
        for (const [u, across] of soften.entries())
          weight += down * across * inside(dx + u - edge, dy + v - edge);
      if (weight > 1e-3) taps.push({ dx, dy, weight });
    }
  convolve(pixels, size, [taps]);
}

/** Whole-pixel taps of points on a line through the centre, each shared among its four neighbours. */
function lineTaps(places: readonly number[], shares: readonly number[], angle: number): Tap[] {
  const taps = new Map<number, Tap>();
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  for (const [k, place] of places.entries()) {
    const x = place * cos;
    const y = place * sin;
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    for (let corner = 0; corner < 4; corner++) {
      const dx = x0 + (corner & 1);
      const dy = y0 + (corner >> 1);
      const weight = (1 - Math.abs(x - dx)) * (1 - Math.abs(y - dy)) * shares[k]!;
      if (weight < 1e-3) continue;
      const key = dy * 65536 + dx;
      const tap = taps.get(key);
      if (tap) tap.weight += weight;
      else taps.set(key, { dx, dy, weight });
    }
  }
  return [...taps.values()];
}
