import * as tf from '@tensorflow/tfjs-core';
import type { Convolution } from './conv2d.ts';
import { FLOAT, registerKernel, runKernel } from './register.ts';

interface Options extends Convolution {
  shape: number[];
}

const NAME = 'FacecomDepthwiseConv2D';

const pads = (padding: number): Array<[number, number]> => [
  [0, 0],
  [padding, padding],
  [padding, padding],
  [0, 0],
];

const options = (attrs: unknown) => attrs as Options;

const isSame = ({ stride, padding }: Convolution, kernel: number) =>
  stride === 1 && 2 * padding === kernel - 1;

/** Padding that is neither SAME nor none is put around the picture: TensorFlow's fast kernels take no explicit one. */
const isPadded = (given: Convolution, kernel: number) => given.padding > 0 && !isSame(given, kernel);

const padded = (x: tf.Tensor, given: Convolution, kernel: number) =>
  isPadded(given, kernel) ? tf.pad(x, pads(given.padding)) : x;

function attributes(given: Convolution, kernel: number) {
  const { stride } = given;
  return [
    FLOAT,
    { name: 'strides', type: 1, value: [1, stride, stride, 1] },
    { name: 'padding', type: 0, value: isSame(given, kernel) && given.padding > 0 ? 'SAME' : 'VALID' },
    { name: 'data_format', type: 0, value: 'NHWC' },
    { name: 'dilations', type: 1, value: [1, 1, 1, 1] },
  ];
}

/** What tfjs's own gradient kernels take. */
const tfjsAttributes = ({ stride, padding }: Convolution) => ({
  strides: stride,
  dilations: 1,
  pad: padding === 0 ? 'valid' : pads(padding),
});

registerKernel({
  name: NAME,
  native: ({ x, filter }, attrs, run) => {
    const kernel = filter!.shape[0]!;
    const given = options(attrs);
    return run(
      'DepthwiseConv2dNative',
      attributes(given, kernel),
      [padded(x!, given, kernel), filter!],
      1,
    )[0]!;
  },
  composed: ({ x, filter }, attrs) => {
    const { stride, padding } = options(attrs);
    return tf.depthwiseConv2d(
      x as tf.Tensor4D,
      filter as tf.Tensor4D,
      stride,
      padding === 0 ? 'valid' : (pads(padding) as tf.backend_util.ExplicitPadding),
    );
  },
});

registerKernel({
  name: `${NAME}InputGrad`,
  native: ({ dy, filter }, attrs, run) => {
    const { shape, ...given } = options(attrs);
    const kernel = filter!.shape[0]!;
    const explicit = isPadded(given, kernel);
    const { padding } = given;
    const whole = shape.map((n, axis) => (explicit && (axis === 1 || axis === 2) ? n + 2 * padding : n));
    const sizes = tf.tensor1d(whole, 'int32');
    const dx = run(
      'DepthwiseConv2dNativeBackpropInput',
      attributes(given, kernel),
      [sizes, filter!, dy!],
      1,
    )[0]!;
    return explicit ? tf.slice(dx, [0, padding, padding, 0], shape) : dx;
  },
  composed: ({ dy, filter }, attrs) => {
    const { shape, ...given } = options(attrs);
    return runKernel<tf.Tensor>(
      tf.DepthwiseConv2dNativeBackpropInput,
      { dy: dy!, filter: filter! },
      { ...tfjsAttributes(given), inputShape: shape },
    );
  },
});

registerKernel({
  name: `${NAME}FilterGrad`,
  native: ({ dy, x }, attrs, run) => {
    const { shape, ...given } = options(attrs);
    const kernel = shape[0]!;
    const sizes = tf.tensor1d(shape, 'int32');
    return run(
      'DepthwiseConv2dNativeBackpropFilter',
      attributes(given, kernel),
      [padded(x!, given, kernel), sizes, dy!],
      1,
    )[0]!;
  },
  composed: ({ dy, x }, attrs) => {
    const { shape, ...given } = options(attrs);
    return runKernel<tf.Tensor>(
      tf.DepthwiseConv2dNativeBackpropFilter,
      { dy: dy!, x: x! },
      { ...tfjsAttributes(given), filterShape: shape },
    );
  },
});

tf.registerGradient({
  kernelName: NAME,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter] = saved as [tf.Tensor, tf.Tensor];
    const { stride, padding } = options(attrs);
    const gradient = (kernel: string, other: Record<string, tf.Tensor>, shape: number[]) =>
      runKernel<tf.Tensor>(`${NAME}${kernel}`, { dy: dy as tf.Tensor, ...other }, { stride, padding, shape });
    return {
      x: () => gradient('InputGrad', { filter }, x.shape),
      filter: () => gradient('FilterGrad', { x }, filter.shape),
    };
  },
});

/**
 * 2-D convolution of each channel by itself (torch.nn.Conv2d with as many groups as channels, without bias).
 * x: [batch, height, width, channels]; filter: [kernel, kernel, channels, 1].
 */
export function depthwiseConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride, padding }: Convolution,
): tf.Tensor4D {
  return runKernel<tf.Tensor4D>(NAME, { x, filter }, { stride, padding });
}
