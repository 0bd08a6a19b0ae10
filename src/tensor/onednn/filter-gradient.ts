import { type ConvolutionShape, convolutionWeights } from './convolutions.ts';
import type { Emitter, Tensor } from './emitter.ts';
import { product } from './ops/matmul.ts';
import { patchesOf, sizes } from './patches.ts';
import { dense } from './primitives.ts';
import { strided } from './strided.ts';

type Write = (e: Emitter, shape: ConvolutionShape, x: Tensor, dy: Tensor, dw: Tensor) => void;

/** Ways to compute the gradient of a convolution's filter. They differ in rounding, and in speed by up to ten times. */
export const ways = {
  /** oneDNN's convolution. */
  convolution: convolutionWeights,
  /** Of one pixel: the product xᵀ · dy over all pixels. */
  product: pointwise,
  /** Wider ones: the patches that the filter saw, transposed, times dy. */
  patches,
} satisfies Record<string, Write>;

export type Way = keyof typeof ways;

/** Writes the gradient of a convolution's filter: dw of x and dy. */
export function filterGradient(
  e: Emitter,
  shape: ConvolutionShape,
  x: Tensor,
  dy: Tensor,
  dw: Tensor,
  way: Way = chooseWay(shape),
): void {
  ways[way](e, shape, x, dy, dw);
}

/**
 * The fastest way by the shape: a rule and no measurement, so that the same step computes the same bits everywhere. Measured
 * with `npm run bench -- engine` on a Xeon with AMX: a product of 1×1 filters is up to 70 times faster where images are small and
 * channels many and never much slower; patches pay where images are small.
 */
export function chooseWay({ filter, y }: ConvolutionShape): Way {
  const [kernel, , input] = filter as [number, number, number];
  if (kernel === 1) return 'product';
  if (input < FEW_CHANNELS) return 'convolution';
  return y[1]! <= SMALL ? 'patches' : 'convolution';
}

/** A patch of few channels is too short to be copied fast. */
export const FEW_CHANNELS = 16;

/** Pixels on a side of the result up to which patches are the faster way. */
const SMALL = 7;

const pixels = (shape: readonly number[]): number => shape[0]! * shape[1]! * shape[2]!;

/** dw [in, out] = xᵀ [in, pixels] · dy [pixels, out] */
function pointwise(e: Emitter, shape: ConvolutionShape, x: Tensor, dy: Tensor, dw: Tensor): void {
  const [, , input, output] = shape.filter as [number, number, number, number];
  const seen = pixelsSeen(e, shape, x);
  const rows = pixels(dy.shape);
  product(
    e,
    e.view(seen, [input, rows], [1, input]),
    e.view(dy, [rows, output]),
    e.view(dw, [input, output]),
  );
}

/** The pixels that a 1×1 convolution sees: every stride-th, gathered once of an image. */
export function pixelsSeen(e: Emitter, shape: ConvolutionShape, x: Tensor): Tensor {
  if (shape.stride === 1) return x;
  return e.derived(x, `pixels ${shape.stride} ${shape.y}`, () => {
    const to = e.fresh([...shape.y.slice(0, 3), x.shape[3]!], x.dtype);
    for (const { part, steps, offset, start } of strided(shape))
      e.copy(e.view(x, part, steps, offset), e.view(to, part, dense(to.shape), start));
    return to;
  });
}

/** dw [kernel² · in, out] = patchesᵀ [kernel² · in, pixels] · dy [pixels, out] */
function patches(e: Emitter, shape: ConvolutionShape, x: Tensor, dy: Tensor, dw: Tensor): void {
  const { rows, width, output } = sizes(shape);
  product(
    e,
    e.view(patchesOf(e, shape, x), [width, rows], [1, width]),
    e.view(dy, [rows, output]),
    e.view(dw, [width, output]),
  );
}
