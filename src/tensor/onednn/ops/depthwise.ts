import { attribute } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import {
  type ConvolutionShape,
  geometry,
  picture,
  pictureLayout,
  writeFilterGradient,
  ZERO,
} from '../convolutions.ts';
import { type Emitter, type Tensor, typeOf } from '../emitter.ts';
import { Algorithm, Argument, Propagation, Query } from '../library.ts';
import type { Primitive } from '../primitives.ts';
import { input, type OpRule, option, output } from './rule.ts';

/** Groups of one channel: [channels, 1, 1, kernel, kernel]. */
const dims = ([h, w, channels]: readonly number[]): number[] => [channels!, 1, 1, h!, w!];

function view(e: Emitter, tensor: Tensor): Tensor {
  const [, width, channels] = tensor.shape as [number, number, number];
  return e.view(tensor, dims(tensor.shape), [1, 1, 1, width * channels, channels]);
}

function forward(e: Emitter, shape: ConvolutionShape, dtype: number): Primitive {
  const { primitives } = e;
  const { key, strides, left, right } = geometry(shape);
  return primitives.make(`depthwise ${dtype} ${key}`, (api, out, attributes) =>
    api.convolution(
      out,
      primitives.library.engine,
      Propagation.training,
      Algorithm.convolution,
      pictureLayout(e, shape.x, dtype).pointer,
      primitives.any(dims(shape.filter), typeOf(dtype)).pointer,
      null,
      pictureLayout(e, shape.y, dtype).pointer,
      strides,
      ZERO,
      left,
      right,
      attributes,
    ),
  );
}

/** x, filter → y: each channel by a filter of its own */
export const depthwise: OpRule = {
  low: { kind: 'product' },
  infer: (node) => {
    const [x, filter] = [input(node, 0), input(node, 1)];
    const [stride, padding] = [option(node, 'stride'), option(node, 'padding')];
    const side = (axis: number) =>
      Math.floor((x.shape[axis]! + 2 * padding - filter.shape[axis - 1]!) / stride) + 1;
    if (filter.shape[2] !== x.shape[3] || filter.shape[3] !== 1)
      throw new Error(`A depthwise filter [${filter.shape}] over [${x.shape}].`);
    return [{ shape: [x.shape[0]!, side(1), side(2), x.shape[3]!], dtype: x.dtype }];
  },
  emit: (node, e) => {
    const x = e.tensor(input(node, 0));
    const filter = input(node, 1);
    const [stride, padding] = [option(node, 'stride'), option(node, 'padding')];
    const shape = { x: x.shape, filter: filter.shape, y: output(node).shape, stride, padding };
    const primitive = forward(e, shape, x.dtype);
    const weights = e.inLayout(view(e, e.source(filter)), primitive.layout(Query.weights), x.dtype);
    e.run(
      'depthwise',
      primitive,
      [
        [Argument.src, picture(e, x)],
        [Argument.weights, weights],
      ],
      [[Argument.dst, picture(e, e.output(output(node)))]],
    );
  },
};

/** dy, filter → dx */
export const depthwiseInputGradient: OpRule = {
  low: { kind: 'product' },
  infer: (node) => [{ shape: [...attribute<number[]>(node, 'shape')!], dtype: input(node, 0).dtype }],
  emit: (node, e) => {
    const { primitives } = e;
    const dy = e.tensor(input(node, 0));
    const filter = input(node, 1);
    const [stride, padding] = [option(node, 'stride'), option(node, 'padding')];
    const shape = { x: output(node).shape, filter: filter.shape, y: dy.shape, stride, padding };
    const { key, strides, left, right } = geometry(shape);
    const hint = forward(e, shape, dy.dtype);
    const primitive = primitives.make(`depthwise data ${dy.dtype} ${key}`, (api, out, attributes) =>
      api.convolutionData(
        out,
        primitives.library.engine,
        Algorithm.convolution,
        pictureLayout(e, shape.x, dy.dtype).pointer,
        primitives.any(dims(shape.filter), typeOf(dy.dtype)).pointer,
        pictureLayout(e, shape.y, dy.dtype).pointer,
        strides,
        ZERO,
        left,
        right,
        hint.desc,
        attributes,
      ),
    );
    const weights = e.inLayout(view(e, e.source(filter)), primitive.layout(Query.weights), dy.dtype);
    e.run(
      'depthwise data',
      primitive,
      [
        [Argument.diffDst, picture(e, dy)],
        [Argument.weights, weights],
      ],
      [[Argument.diffSrc, picture(e, e.output(output(node)))]],
    );
  },
};

/** dy, x → the filter's gradient, float32 */
export const depthwiseFilterGradient: OpRule = {
  low: { kind: 'product', float32: true },
  infer: (node) => [{ shape: [...attribute<number[]>(node, 'shape')!], dtype: DataType.FLOAT }],
  emit: (node, e) => {
    const { primitives } = e;
    const [dy, x] = [e.tensor(input(node, 0)), e.tensor(input(node, 1))];
    const [stride, padding] = [option(node, 'stride'), option(node, 'padding')];
    const shape = { x: x.shape, filter: output(node).shape, y: dy.shape, stride, padding };
    const { key, strides, left, right } = geometry(shape);
    const hint = forward(e, shape, x.dtype);
    const primitive = primitives.make(`depthwise weights ${x.dtype} ${key}`, (api, out, attributes) =>
      api.convolutionWeights(
        out,
        primitives.library.engine,
        Algorithm.convolution,
        pictureLayout(e, shape.x, x.dtype).pointer,
        primitives.any(dims(shape.filter), typeOf(DataType.FLOAT)).pointer,
        null,
        pictureLayout(e, shape.y, x.dtype).pointer,
        strides,
        ZERO,
        left,
        right,
        hint.desc,
        attributes,
      ),
    );
    const dw = view(e, e.output(output(node)));
    writeFilterGradient(e, 'depthwise weights', primitive, { x, dy, dw });
  },
};
