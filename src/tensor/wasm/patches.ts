import type { backend_util } from '@tensorflow/tfjs-core';

/** What is needed of a convolution's geometry, NHWC. */
export type Geometry = Pick<
  backend_util.Conv2DInfo,
  | 'inHeight'
  | 'inWidth'
  | 'inChannels'
  | 'outHeight'
  | 'outWidth'
  | 'filterHeight'
  | 'filterWidth'
  | 'strideHeight'
  | 'strideWidth'
  | 'dilationHeight'
  | 'dilationWidth'
  | 'padInfo'
>;

/** Values that the filter sees at one place. */
export const patchSize = (g: Geometry): number => g.filterHeight * g.filterWidth * g.inChannels;

/**
 * Calls `run` for every run of values that lie side by side both in the image and in the patch (im2col): `length` values from
 * `pixel` in the image and from `patch` in the matrix [outHeight · outWidth, patchSize]. What falls on padding is left out.
 */
export function eachRun(g: Geometry, run: (pixel: number, patch: number, length: number) => void): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = g;
  const width = patchSize(g);
  const wide = g.dilationWidth === 1;
  let patch = 0;
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++, patch += width) {
      const left = x * g.strideWidth - g.padInfo.left;
      for (let i = 0; i < filterHeight; i++) {
        const row = y * g.strideHeight - g.padInfo.top + i * g.dilationHeight;
        if (row < 0 || row >= inHeight) continue;
        const at = patch + i * filterWidth * inChannels;
        if (wide) {
          const from = Math.max(0, -left);
          const to = Math.min(filterWidth, inWidth - left);
          if (to > from)
            run((row * inWidth + left + from) * inChannels, at + from * inChannels, (to - from) * inChannels);
          continue;
        }
        for (let j = 0; j < filterWidth; j++) {
          const column = left + j * g.dilationWidth;
          if (column >= 0 && column < inWidth)
            run((row * inWidth + column) * inChannels, at + j * inChannels, inChannels);
        }
      }
    }
  }
}
