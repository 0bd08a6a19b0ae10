import type { Value } from '../graph/ir.ts';
import { DataType } from '../native/library.ts';
import { type Emitter, type Tensor, typeOf } from './emitter.ts';
import { Algorithm, Argument, Propagation, Query } from './library.ts';
import { dense, type Layout, type PostOp, vector } from './primitives.ts';

/** Shapes of a convolution over NHWC images; filter: [kernel, kernel, in, out], or of a depthwise one [kernel, kernel, channels, 1]. */
export interface ConvolutionShape {
  x: readonly number[];
  filter: readonly number[];
  y: readonly number[];
  stride: number;
  padding: number;
  /** Each channel has a filter of its own. */
  depthwise?: boolean;
}

const ZERO = vector([0, 0]);

/** NCHW dimensions of an NHWC shape. */
export const channelsFirst = ([n, h, w, c]: readonly number[]): number[] => [n!, c!, h!, w!];

/** Strides of an NHWC image in the order NCHW. */
export function pictureStrides([, h, w, c]: readonly number[]): number[] {
  return [h! * w! * c!, 1, w! * c!, c!];
}

/** An image [n, h, w, c] as oneDNN sees it: NCHW, channels fastest. */
export const picture = (e: Emitter, tensor: Tensor): Tensor =>
  e.view(tensor, channelsFirst(tensor.shape), pictureStrides(tensor.shape));

export const pictureLayout = (e: Emitter, shape: readonly number[], dtype: number): Layout =>
  e.primitives.plain(channelsFirst(shape), typeOf(dtype), pictureStrides(shape));

/** What oneDNN calls the dimensions of a filter: OIHW, of a depthwise one groups of one channel, GOIHW. */
const filterDims = ({ filter: [h, w, i, o], depthwise }: ConvolutionShape): number[] =>
  depthwise ? [i!, 1, 1, h!, w!] : [o!, i!, h!, w!];

/** A filter as it is stored, as oneDNN sees it. */
function filterView(e: Emitter, shape: ConvolutionShape, tensor: Tensor): Tensor {
  const [h, w, i, o] = dense(tensor.shape) as [number, number, number, number];
  return e.view(tensor, filterDims(shape), shape.depthwise ? [i, 1, 1, h, w] : [o, i, h, w]);
}

/** The filter in the layout that a primitive asks for, made of the values behind any cast. */
export const weights = (
  e: Emitter,
  shape: ConvolutionShape,
  value: Value,
  layout: Layout,
  dtype: number,
): Tensor => e.inLayout(filterView(e, shape, e.source(value)), layout, dtype);

/** What primitives and measurements call it. */
export const nameOf = ({ depthwise }: ConvolutionShape): string => (depthwise ? 'depthwise' : 'convolution');

/** Everything but the filter's type: what tells primitives apart. */
function geometry(shape: ConvolutionShape) {
  const { x, filter, y, stride, padding } = shape;
  const pads = vector([padding, padding]);
  const strides = vector([stride, stride]);
  // oneDNN counts from the last pixel that a window sees: the right side may see less.
  const right = (axis: number) => (y[axis]! - 1) * stride + filter[axis - 1]! - x[axis]! - padding;
  return {
    strides,
    left: pads,
    right: vector([right(1), right(2)]),
    key: `${x}|${filter}|${y}|${stride}|${padding}`,
  };
}

/** The forward primitive, also the hint of its gradients. */
export function forward(
  e: Emitter,
  shape: ConvolutionShape,
  dtype: number,
  options: { bias?: boolean; training: boolean; postOps?: readonly PostOp[]; result?: number },
) {
  const { primitives } = e;
  const { key, strides, left, right } = geometry(shape);
  const type = typeOf(dtype);
  const propagation = options.training ? Propagation.training : Propagation.inference;
  const result = options.result ?? dtype;
  return primitives.make(
    `${nameOf(shape)} ${propagation} ${type} ${result} ${options.bias ?? false} ${key}`,
    (api, out, attributes) =>
      api.convolution(
        out,
        primitives.library.engine,
        propagation,
        Algorithm.convolution,
        pictureLayout(e, shape.x, dtype).pointer,
        primitives.any(filterDims(shape), type).pointer,
        options.bias ? primitives.plain([shape.filter[3]!], typeOf(DataType.FLOAT)).pointer : null,
        pictureLayout(e, shape.y, result).pointer,
        strides,
        ZERO,
        left,
        right,
        attributes,
      ),
    options.postOps,
  );
}

/** dx of dy and the filter, by oneDNN's convolution. */
export function convolutionData(
  e: Emitter,
  shape: ConvolutionShape,
  dy: Tensor,
  filter: Value,
  dx: Tensor,
): void {
  const { primitives } = e;
  const { key, strides, left, right } = geometry(shape);
  const type = typeOf(dy.dtype);
  const name = `${nameOf(shape)} data`;
  const hint = forward(e, shape, dy.dtype, { training: true });
  const primitive = primitives.make(`${name} ${type} ${key}`, (api, out, attributes) =>
    api.convolutionData(
      out,
      primitives.library.engine,
      Algorithm.convolution,
      pictureLayout(e, shape.x, dy.dtype).pointer,
      primitives.any(filterDims(shape), type).pointer,
      pictureLayout(e, shape.y, dy.dtype).pointer,
      strides,
      ZERO,
      left,
      right,
      hint.desc,
      attributes,
    ),
  );
  e.run(
    name,
    primitive,
    [
      [Argument.diffDst, picture(e, dy)],
      [Argument.weights, weights(e, shape, filter, primitive.layout(Query.weights), dy.dtype)],
    ],
    [[Argument.diffSrc, picture(e, dx)]],
  );
}

/** The filter's gradient by oneDNN's convolution. */
export function convolutionWeights(
  e: Emitter,
  shape: ConvolutionShape,
  x: Tensor,
  dy: Tensor,
  dw: Tensor,
): void {
  const { primitives } = e;
  const { key, strides, left, right } = geometry(shape);
  const float = typeOf(DataType.FLOAT);
  const name = `${nameOf(shape)} weights`;
  const hint = forward(e, shape, x.dtype, { training: true });
  const primitive = primitives.make(`${name} ${typeOf(x.dtype)} ${key}`, (api, out, attributes) =>
    api.convolutionWeights(
      out,
      primitives.library.engine,
      Algorithm.convolution,
      pictureLayout(e, shape.x, x.dtype).pointer,
      primitives.any(filterDims(shape), float).pointer,
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
  const own = filterView(e, shape, dw);
  const chosen = primitive.layout(Query.diffWeights);
  const same = primitives.equal(chosen, own.layout);
  const made = same ? own : e.opaque(chosen);
  e.run(
    name,
    primitive,
    [
      [Argument.src, picture(e, x)],
      [Argument.diffDst, picture(e, dy)],
    ],
    [[Argument.diffWeights, made]],
  );
  if (!same) e.copy(made, own);
}
