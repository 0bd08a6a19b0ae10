import * as tf from '@tensorflow/tfjs-core';
import { intAttribute, stringAttribute } from '../native/attributes.ts';
import type { Convolution } from './conv2d.ts';
import { FLOAT, type OwnKernel, runKernel, runOwn } from './register.ts';

const pads = (padding: number): [[number, number], [number, number], [number, number], [number, number]] => [
  [0, 0],
  [padding, padding],
  [padding, padding],
  [0, 0],
];

const isSame = ({ stride, padding }: Convolution, kernel: number) =>
  padding > 0 && stride === 1 && 2 * padding === kernel - 1;

/** Padding that is neither SAME nor none is put around the image: TensorFlow's fast kernels take no explicit one. */
const isExplicit = (given: Convolution, kernel: number) => given.padding > 0 && !isSame(given, kernel);

const padded = (x: tf.Tensor, given: Convolution, kernel: number) =>
  isExplicit(given, kernel) ? tf.pad(x, pads(given.padding)) : x;

const attributes = (given: Convolution, kernel: number) => [
  FLOAT,
  intAttribute('strides', [1, given.stride, given.stride, 1]),
  stringAttribute('padding', isSame(given, kernel) ? 'SAME' : 'VALID'),
  stringAttribute('data_format', 'NHWC'),
  intAttribute('dilations', [1, 1, 1, 1]),
];

/** What tfjs's own kernels take. */
const composedPadding = (padding: number) => (padding === 0 ? 'valid' : pads(padding));
const composedAttributes = ({ stride, padding }: Convolution) => ({
  strides: stride,
  dilations: 1,
  pad: composedPadding(padding),
});

const inputGradKernel: OwnKernel<'FacecomDepthwiseConv2DInputGrad'> = {
  name: 'FacecomDepthwiseConv2DInputGrad',
  native: ({ dy, filter }, { shape, ...given }, run) => {
    const kernel = filter!.shape[0]!;
    const { padding } = given;
    const explicit = isExplicit(given, kernel);
    const whole = shape.map((n, axis) => (explicit && (axis === 1 || axis === 2) ? n + 2 * padding : n));
    const sizes = tf.tensor1d(whole, 'int32');
    const list = attributes(given, kernel);
    const dx = run('DepthwiseConv2dNativeBackpropInput', list, [sizes, filter!, dy!], 1)[0]!;
    return explicit ? tf.slice(dx, [0, padding, padding, 0], shape) : dx;
  },
  composed: ({ dy, filter }, { shape, ...given }) =>
    runKernel<tf.Tensor>(
      tf.DepthwiseConv2dNativeBackpropInput,
      { dy: dy!, filter: filter! },
      { ...composedAttributes(given), inputShape: shape },
    ),
  gradient: 'none',
};

const filterGradKernel: OwnKernel<'FacecomDepthwiseConv2DFilterGrad'> = {
  name: 'FacecomDepthwiseConv2DFilterGrad',
  native: ({ dy, x }, { shape, ...given }, run) => {
    const kernel = shape[0]!;
    const sizes = tf.tensor1d(shape, 'int32');
    const inputs = [padded(x!, given, kernel), sizes, dy!];
    return run('DepthwiseConv2dNativeBackpropFilter', attributes(given, kernel), inputs, 1)[0]!;
  },
  composed: ({ dy, x }, { shape, ...given }) =>
    runKernel<tf.Tensor>(
      tf.DepthwiseConv2dNativeBackpropFilter,
      { dy: dy!, x: x! },
      { ...composedAttributes(given), filterShape: shape },
    ),
  gradient: 'none',
};

const depthwiseKernel: OwnKernel<'FacecomDepthwiseConv2D'> = {
  name: 'FacecomDepthwiseConv2D',
  native: ({ x, filter }, given, run) => {
    const kernel = filter!.shape[0]!;
    const inputs = [padded(x!, given, kernel), filter!];
    return run('DepthwiseConv2dNative', attributes(given, kernel), inputs, 1)[0]!;
  },
  composed: ({ x, filter }, { stride, padding }) =>
    tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, composedPadding(padding)),
  gradient: {
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, saved, { stride, padding }) => {
      const [x, filter] = saved as [tf.Tensor, tf.Tensor];
      const gradient = dy as tf.Tensor;
      return {
        x: () =>
          runOwn(inputGradKernel, { dy: gradient, filter }, { stride, padding, shape: x.shape }) as tf.Tensor,
        filter: () =>
          runOwn(
            filterGradKernel,
            { dy: gradient, x },
            { stride, padding, shape: filter.shape },
          ) as tf.Tensor,
      };
    },
  },
};

/**
 * 2-D convolution of each channel by itself (torch.nn.Conv2d with as many groups as channels, without bias).
 * x: [batch, height, width, channels]; filter: [kernel, kernel, channels, 1].
 */
export function depthwiseConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride, padding }: Convolution,
): tf.Tensor4D {
  return runOwn(depthwiseKernel, { x, filter }, { stride, padding }) as tf.Tensor4D;
}
