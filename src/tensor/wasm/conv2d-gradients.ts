import * as tf from '@tensorflow/tfjs-core';
import { register, view, zeros } from './heap.ts';
import { eachRun, type Geometry, patchSize } from './patches.ts';

interface Attributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape = [number, number, number, number];

/** Bytes of patches that are held at once: the images of a batch are taken in groups of no more. */
const PATCH_BYTES = 32 * 2 ** 20;

/** Registers the two gradients of a convolution: tfjs's WebAssembly has none for the filter, and a plain loop for the input. */
export function registerConvolutionGradients(): void {
  register(tf.Conv2DBackpropFilter, ({ inputs, attrs }) => {
    const { x, dy } = inputs as Record<'x' | 'dy', tf.Tensor4D>;
    const { filterShape, ...attributes } = attrs as unknown as Attributes & { filterShape: Shape };
    return tf.tidy(() => filterGradient(x, dy, geometry(x.shape, filterShape, attributes), filterShape));
  });
  register(tf.Conv2DBackpropInput, ({ inputs, attrs }) => {
    const { dy, filter } = inputs as Record<'dy' | 'filter', tf.Tensor4D>;
    const { inputShape, ...attributes } = attrs as unknown as Attributes & { inputShape: Shape };
    return tf.tidy(() =>
      inputGradient(dy, filter, geometry(inputShape, filter.shape, attributes), inputShape),
    );
  });
}

function geometry(
  input: Shape,
  filter: Shape,
  { strides, pad, dataFormat, dimRoundingMode }: Attributes,
): Geometry {
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  if (format !== 'channelsLast')
    throw new Error(`The WebAssembly backend has no convolution in ${dataFormat}.`);
  return tf.backend_util.computeConv2DInfo(input, filter, strides, 1, pad, dimRoundingMode, false, format);
}

/**
 * Patches of x, transposed, times dy. Computed as (dyᵀ × patches)ᵀ: dy is the smaller one to transpose, and tfjs's product is
 * only fast (XNNPACK) where neither side is transposed.
 */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, g: Geometry, shape: Shape): tf.Tensor {
  const [batch, , , outputs] = dy.shape;
  const cells = g.outHeight * g.outWidth;
  const width = patchSize(g);
  const pointwise = isPointwise(g);
  const group = Math.max(1, Math.floor(PATCH_BYTES / (cells * width * 4)));
  let sum: tf.Tensor | undefined;
  for (let start = 0; start < batch; start += group) {
    const count = Math.min(group, batch - start);
    const part = tf.tidy(() => {
      const pictures = take(x, start, count);
      const seen = pointwise ? tf.reshape(pictures, [count * cells, width]) : patches(pictures, g);
      const gradient = tf.reshape(take(dy, start, count), [count * cells, outputs]) as tf.Tensor2D;
      const product = tf.matMul(tf.transpose(gradient), seen as tf.Tensor2D);
      return sum ? tf.add(sum, product) : product;
    });
    sum?.dispose();
    sum = part;
  }
  return tf.reshape(tf.transpose(sum!), shape);
}

/** Stride 1: a convolution of dy with the filter turned by 180°. Else dy × filterᵀ, each patch added where it was seen. */
function inputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, g: Geometry, shape: Shape): tf.Tensor {
  const [height, width, inputs, outputs] = filter.shape;
  if (g.strideHeight === 1 && g.strideWidth === 1 && reachesBack(g)) {
    const turned = tf.transpose(tf.reverse4d(filter, [0, 1]), [0, 1, 3, 2]);
    const { top, left } = g.padInfo;
    const before = [height - 1 - top, width - 1 - left] as const;
    const after = [shape[1] - g.outHeight + top, shape[2] - g.outWidth + left] as const;
    return tf.conv2d(dy, turned, 1, [
      [0, 0],
      [before[0], after[0]],
      [before[1], after[1]],
      [0, 0],
    ]);
  }
  const [batch] = shape;
  const cells = g.outHeight * g.outWidth;
  const size = patchSize(g);
  const group = Math.max(1, Math.floor(PATCH_BYTES / (cells * size * 4)));
  const columns = tf.transpose(tf.reshape(filter, [height * width * inputs, outputs])) as tf.Tensor2D;
  const dx = zeros(shape);
  const picture = shape[1] * shape[2] * shape[3];
  for (let start = 0; start < batch; start += group) {
    const count = Math.min(group, batch - start);
    const product = tf.tidy(() =>
      tf.matMul(tf.reshape(take(dy, start, count), [count * cells, outputs]) as tf.Tensor2D, columns),
    );
    const [from, to] = [view(product), view(dx)];
    for (let i = 0; i < count; i++) {
      const [patchesAt, pictureAt] = [i * cells * size, (start + i) * picture];
      eachRun(g, (pixel, patch, length) => {
        const [target, source] = [pictureAt + pixel, patchesAt + patch];
        for (let k = 0; k < length; k++) to[target + k]! += from[source + k]!;
      });
    }
    product.dispose();
  }
  return dx;
}

/** [count, height, width, in] → [count · outHeight · outWidth, patchSize], zeros where a patch lies on padding. */
function patches(pictures: tf.Tensor4D, g: Geometry): tf.Tensor {
  const [count, height, width, channels] = pictures.shape;
  const rows = g.outHeight * g.outWidth;
  const size = patchSize(g);
  const matrix = zeros([count * rows, size]);
  const [from, to] = [view(pictures), view(matrix)];
  for (let i = 0; i < count; i++) {
    const [pictureAt, matrixAt] = [i * height * width * channels, i * rows * size];
    eachRun(g, (pixel, patch, length) => {
      const [source, target] = [pictureAt + pixel, matrixAt + patch];
      if (length > 64) to.set(from.subarray(source, source + length), target);
      else for (let k = 0; k < length; k++) to[target + k] = from[source + k]!;
    });
  }
  return matrix;
}

const take = (x: tf.Tensor4D, start: number, count: number): tf.Tensor4D =>
  start === 0 && count === x.shape[0] ? x : tf.slice4d(x, [start, 0, 0, 0], [count, -1, -1, -1]);

const isPointwise = (g: Geometry): boolean =>
  g.filterHeight * g.filterWidth * g.strideHeight * g.strideWidth === 1 &&
  g.padInfo.top + g.padInfo.left === 0;

/** Whether no padding is wider than the filter reaches, so that the turned convolution's padding is not negative. */
const reachesBack = ({ filterHeight, filterWidth, padInfo }: Geometry): boolean =>
  padInfo.top < filterHeight &&
  padInfo.bottom < filterHeight &&
  padInfo.left < filterWidth &&
  padInfo.right < filterWidth;
