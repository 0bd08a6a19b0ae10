import type { Emitter, Tensor } from './emitter.ts';
import { type ConvolutionShape, convolutionWeights } from './ops/convolution.ts';

/** Writes the gradient of a convolution's filter: dw of x and dy. */
export function filterGradient(
  e: Emitter,
  shape: ConvolutionShape,
  x: Tensor,
  dy: Tensor,
  dw: Tensor,
): void {
  convolutionWeights(e, shape, x, dy, dw);
}
