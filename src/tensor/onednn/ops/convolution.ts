import { attribute, type Node, size, type Value } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import { type ConvolutionShape, convolutionData, forward, picture, weights } from '../convolutions.ts';
import { type Emitter, type Tensor, typeOf } from '../emitter.ts';
import { FEW_CHANNELS, filterGradient, pixelsSeen } from '../filter-gradient.ts';
import { Argument, Query } from '../library.ts';
import { addPatches, patchesOf, sizes } from '../patches.ts';
import { dense, type PostOp } from '../primitives.ts';
import { strided } from '../strided.ts';
import { forBackward } from './batch-norm.ts';
import { resultShape, shapeOf } from './convolution-shape.ts';
import { product } from './matmul.ts';
import { input, type OpRule, output } from './rule.ts';
import { fill } from './shapes.ts';

/** Pixels on a side of the result up to which a 1×1 convolution is the faster as a product: filters weigh more than images then. */
const SMALL = 7;

/**
 * Whether a convolution and its data's gradient are computed as products of pixels and a matrix: the filter is then cast once for
 * both, and not laid out anew for either (measured on a Xeon with AMX).
 */
const isProduct = ({ filter, y }: ConvolutionShape): boolean =>
  filter[0] === 1 && filter[1] === 1 && y[1]! <= SMALL && y[2]! <= SMALL;

const pixels = (shape: readonly number[]): number => shape[0]! * shape[1]! * shape[2]!;

/** Pixels on a side of the result up to which a wider convolution is the faster as a product of patches, both ways. */
const FEW = 4;

/** Whether a convolution and its data's gradient are products of the patches that the window sees and the filter as it is. */
const isPatched = ({ filter, y }: ConvolutionShape): boolean =>
  filter[0]! > 1 && filter[2]! >= FEW_CHANNELS && y[1]! <= FEW && y[2]! <= FEW;

/** dx = the sum over windows of dy · filterᵀ, which is in float32 until it is summed. */
function patchedData(e: Emitter, shape: ConvolutionShape, dy: Tensor, filter: Value, dx: Tensor): void {
  const { rows, width, output } = sizes(shape);
  const columns = e.fresh([rows, width], DataType.FLOAT);
  product(
    e,
    e.view(dy, [rows, output]),
    e.view(matrix(e, filter, dy.dtype), [output, width], [1, output]),
    columns,
  );
  addPatches(e, shape, columns, dx);
}

/** A filter as a matrix [kernel² · in, out], made of the values behind any cast. */
function matrix(e: Emitter, value: Value, dtype: number): Tensor {
  const source = e.source(value);
  const output = source.shape[3]!;
  const shape = [size(source.shape) / output, output];
  return e.inLayout(e.view(source, shape), e.primitives.plain(shape, typeOf(dtype)), dtype);
}

/** dx of a 1×1 convolution: dy · filterᵀ, each pixel in its place among zeros where pixels were left out. */
function pointwiseData(e: Emitter, shape: ConvolutionShape, dy: Tensor, filter: Value, dx: Tensor): void {
  const [, , to, from] = shape.filter as [number, number, number, number];
  const rows = pixels(shape.y);
  const weights = e.view(matrix(e, filter, dy.dtype), [from, to], [1, from]);
  const columns = e.view(dy, [rows, from]);
  if (shape.stride === 1) {
    product(e, columns, weights, e.view(dx, [rows, to]));
    return;
  }
  const seen = e.fresh([...shape.y.slice(0, 3), to], dy.dtype);
  product(e, columns, weights, e.view(seen, [rows, to]));
  fill(e, dx, 0);
  for (const { part, offset, steps, start } of strided(shape))
    e.copy(e.view(seen, part, dense(seen.shape), start), e.view(dx, part, steps, offset));
}

export const isTraining = (e: Emitter): boolean => e.trace.effects.length > 0;

/** x: [n, h, w, in], filter: [kernel, kernel, in, out] */
export const convolution: OpRule = {
  low: { kind: 'product' },
  infer: (node) => {
    const [x, filter] = [input(node, 0), input(node, 1)];
    if (x.shape[3] !== filter.shape[2]) throw new Error(`A filter [${filter.shape}] over [${x.shape}].`);
    return [{ shape: resultShape(node, filter.shape[3]!), dtype: x.dtype }];
  },
  emit: (node, e) => {
    // A bias, a sum and ReLU become part of it, written by the rule of the bias.
    if (e.soleUser(output(node), 'FacecomBiasAdd')) return;
    convolve(node, e, output(node));
  },
};

/** Writes a convolution whose result, with bias and post-ops, is `target`. */
export function convolve(
  node: Node,
  e: Emitter,
  target: Value,
  fused: { bias?: Tensor; postOps?: PostOp[]; added?: Tensor } = {},
): void {
  const x = e.tensor(input(node, 0));
  const filter = input(node, 1);
  const shape = shapeOf(node, { x: x.shape, filter: filter.shape, y: output(node).shape });
  if (isProduct(shape) && isTraining(e) && !fused.bias) {
    const rows = pixels(shape.y);
    const [, , from, to] = shape.filter as [number, number, number, number];
    product(
      e,
      e.view(pixelsSeen(e, shape, x), [rows, from]),
      matrix(e, filter, x.dtype),
      e.view(e.output(target), [rows, to]),
    );
    return;
  }
  if (isPatched(shape) && isTraining(e) && !fused.bias) {
    const { rows, output: to } = sizes(shape);
    product(e, patchesOf(e, shape, x), matrix(e, filter, x.dtype), e.view(e.output(target), [rows, to]));
    return;
  }
  const primitive = forward(e, shape, x.dtype, {
    bias: fused.bias !== undefined,
    training: isTraining(e) && !fused.bias,
    postOps: fused.postOps,
    result: target.dtype,
  });
  const y = e.output(target);
  const inputs: Array<[number, Tensor]> = [
    [Argument.src, picture(e, x)],
    [Argument.weights, weights(e, shape, filter, primitive.layout(Query.weights), x.dtype)],
  ];
  if (fused.bias) inputs.push([Argument.bias, fused.bias]);
  if (fused.added) inputs.push([Argument.postOp(0), picture(e, fused.added)]);
  e.run('convolution', primitive, inputs, [[Argument.dst, picture(e, y)]]);
}

/** dy, filter → dx */
export const convolutionInputGradient: OpRule = {
  low: { kind: 'product' },
  infer: (node) => [{ shape: [...attribute<number[]>(node, 'shape')!], dtype: input(node, 0).dtype }],
  emit: (node, e) => {
    const dy = e.tensor(input(node, 0));
    const filter = input(node, 1);
    const shape = shapeOf(node, { x: output(node).shape, filter: filter.shape, y: dy.shape });
    if (isProduct(shape)) {
      pointwiseData(e, shape, dy, filter, e.output(output(node)));
      return;
    }
    if (isPatched(shape)) {
      patchedData(e, shape, dy, filter, e.output(output(node)));
      return;
    }
    convolutionData(e, shape, dy, filter, e.output(output(node)));
  },
};

/** dy, x → the filter's gradient, float32 */
export const convolutionFilterGradient: OpRule = {
  low: { kind: 'product', float32: true },
  infer: (node) => [{ shape: [...attribute<number[]>(node, 'shape')!], dtype: DataType.FLOAT }],
  emit: (node, e) => {
    const dy = e.tensor(input(node, 0));
    const x = forBackward(e, input(node, 1));
    const shape = shapeOf(node, { x: x.shape, filter: output(node).shape, y: dy.shape });
    filterGradient(e, shape, x, dy, e.output(output(node)));
  },
};
