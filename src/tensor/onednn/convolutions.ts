import { DataType } from '../native/library.ts';
import { type Emitter, type Tensor, typeOf } from './emitter.ts';
import { Algorithm, Argument, Propagation, Query } from './library.ts';
import { dense, type Layout, type PostOp, type Primitive, vector } from './primitives.ts';

/** Shapes of a convolution over NHWC images; filter: [kernel, kernel, in, out], or of a depthwise one [kernel, kernel, channels, 1]. */
export interface ConvolutionShape {
  x: readonly number[];
  filter: readonly number[];
  y: readonly number[];
  stride: number;
  padding: number;
}

export const ZERO = vector([0, 0]);

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

/** OIHW dimensions of a filter [kernel, kernel, in, out]. */
export const filterDims = ([h, w, i, o]: readonly number[]): number[] => [o!, i!, h!, w!];

/** A filter [kernel, kernel, in, out] as oneDNN sees it: OIHW. */
export function filterView(e: Emitter, tensor: Tensor): Tensor {
  const [h, w, i, o] = dense(tensor.shape) as [number, number, number, number];
  return e.view(tensor, filterDims(tensor.shape), [o, i, h, w]);
}

/** Everything but the filter's type: what tells primitives apart. */
export function geometry(shape: ConvolutionShape) {
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
    `convolution ${propagation} ${type} ${result} ${options.bias ?? false} ${key}`,
    (api, out, attributes) =>
      api.convolution(
        out,
        primitives.library.engine,
        propagation,
        Algorithm.convolution,
        pictureLayout(e, shape.x, dtype).pointer,
        primitives.any(filterDims(shape.filter), type).pointer,
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
  const hint = forward(e, shape, x.dtype, { training: true });
  const primitive = primitives.make(`convolution weights ${typeOf(x.dtype)} ${key}`, (api, out, attributes) =>
    api.convolutionWeights(
      out,
      primitives.library.engine,
      Algorithm.convolution,
      pictureLayout(e, shape.x, x.dtype).pointer,
      primitives.any(filterDims(shape.filter), float).pointer,
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
  writeFilterGradient(e, 'convolution weights', primitive, { x, dy, dw: filterView(e, dw) });
}

/** Runs a primitive that makes a filter's gradient of images x and dy, and copies it to `dw` where it chose another layout. */
export function writeFilterGradient(
  e: Emitter,
  label: string,
  primitive: Primitive,
  { x, dy, dw }: { x: Tensor; dy: Tensor; dw: Tensor },
): void {
  const chosen = primitive.layout(Query.diffWeights);
  const same = e.primitives.equal(chosen, dw.layout);
  const made = same ? dw : e.opaque(chosen);
  e.run(
    label,
    primitive,
    [
      [Argument.src, picture(e, x)],
      [Argument.diffDst, picture(e, dy)],
    ],
    [[Argument.diffWeights, made]],
  );
  if (!same) e.copy(made, dw);
}
