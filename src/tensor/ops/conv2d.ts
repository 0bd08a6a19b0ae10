import * as tf from '@tensorflow/tfjs-core';
import { boolAttribute, intAttribute, stringAttribute } from '../native/attributes.ts';
import { FLOAT, type OwnKernel, runKernel, runOwn } from './register.ts';

/** Symmetric padding in pixels, as torch's `padding`. */
export interface Convolution {
  stride: number;
  padding: number;
}

const pads = (padding: number): [[number, number], [number, number], [number, number], [number, number]] => [
  [0, 0],
  [padding, padding],
  [padding, padding],
  [0, 0],
];

const tfjsPad = (padding: number) => (padding === 0 ? 'valid' : pads(padding));

/** Padding that neither SAME nor VALID gives: the gradients are then taken of a padded image. */
const isExplicit = (stride: number, padding: number) => padding > 0 && stride > 1;

/**
 * Attributes of TensorFlow's convolution ops. Padding that SAME also gives is called SAME: oneDNN's gradient kernels take no
 * explicit padding, and TensorFlow's own are far slower.
 */
function attributes(stride: number, padding: number, kernel: number) {
  const same = stride === 1 && 2 * padding === kernel - 1;
  const list = [
    FLOAT,
    intAttribute('strides', [1, stride, stride, 1]),
    stringAttribute('padding', padding === 0 ? 'VALID' : same ? 'SAME' : 'EXPLICIT'),
    stringAttribute('data_format', 'NHWC'),
    boolAttribute('use_cudnn_on_gpu', true),
    intAttribute('dilations', [1, 1, 1, 1]),
  ];
  if (padding > 0 && !same)
    list.push(intAttribute('explicit_paddings', [0, 0, padding, padding, padding, padding, 0, 0]));
  return list;
}

const conv2dKernel: OwnKernel<'FacecomConv2D'> = {
  name: 'FacecomConv2D',
  native: ({ x, filter }, { stride, padding }, run) => {
    return run('Conv2D', attributes(stride, padding, filter!.shape[0]!), [x!, filter!], 1)[0]!;
  },
  composed: ({ x, filter }, { stride, padding }) => {
    return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, tfjsPad(padding));
  },
  gradient: {
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, saved, attrs) => {
      const [x, filter] = saved as [tf.Tensor, tf.Tensor];
      const { stride, padding } = attrs;
      return {
        x: () =>
          runOwn(
            conv2dInputGradKernel,
            { dy: dy as tf.Tensor, filter },
            { stride, padding, shape: x.shape },
          ) as tf.Tensor,
        filter: () =>
          runOwn(
            conv2dFilterGradKernel,
            { dy: dy as tf.Tensor, x },
            { stride, padding, shape: filter.shape },
          ) as tf.Tensor,
      };
    },
  },
};

const conv2dInputGradKernel: OwnKernel<'FacecomConv2DInputGrad'> = {
  name: 'FacecomConv2DInputGrad',
  native: ({ dy, filter }, { stride, padding, shape }, run) => {
    const explicit = isExplicit(stride, padding);
    const padded = explicit
      ? shape.map((n, axis) => (axis === 1 || axis === 2 ? n + 2 * padding : n))
      : shape;
    const sizes = tf.tensor1d(padded, 'int32');
    const list = attributes(stride, explicit ? 0 : padding, filter!.shape[0]!);
    const dx = run('Conv2DBackpropInput', list, [sizes, filter!, dy!], 1)[0]!;
    sizes.dispose();
    if (!explicit) return dx;
    const inner = tf.slice(dx, [0, padding, padding, 0], shape);
    dx.dispose();
    return inner;
  },
  composed: ({ dy, filter }, { stride, padding, shape }) => {
    const options = { strides: stride, pad: tfjsPad(padding), dataFormat: 'NHWC', inputShape: shape };
    return runKernel<tf.Tensor>(tf.Conv2DBackpropInput, { dy: dy!, filter: filter! }, options);
  },
  gradient: 'none',
};

const conv2dFilterGradKernel: OwnKernel<'FacecomConv2DFilterGrad'> = {
  name: 'FacecomConv2DFilterGrad',
  native: ({ dy, x }, { stride, padding, shape }, run) => {
    const sizes = tf.tensor1d(shape, 'int32');
    const kernel = shape[0]!;
    const explicit = isExplicit(stride, padding);
    const padded = explicit ? tf.pad(x!, pads(padding)) : x!;
    const dw = run(
      'Conv2DBackpropFilter',
      attributes(stride, explicit ? 0 : padding, kernel),
      [padded, sizes, dy!],
      1,
    )[0]!;
    sizes.dispose();
    if (explicit) padded.dispose();
    return dw;
  },
  composed: ({ dy, x }, { stride, padding, shape }) => {
    const options = { strides: stride, pad: tfjsPad(padding), dataFormat: 'NHWC', filterShape: shape };
    return runKernel<tf.Tensor>(tf.Conv2DBackpropFilter, { dy: dy!, x: x! }, options);
  },
  gradient: 'none',
};

/**
 * 2-D convolution (cross-correlation, as torch.nn.Conv2d without bias).
 * x: [batch, height, width, in]; filter: [kernel, kernel, in, out].
 */
export function conv2d(x: tf.Tensor4D, filter: tf.Tensor4D, { stride, padding }: Convolution): tf.Tensor4D {
  return runOwn(conv2dKernel, { x, filter }, { stride, padding }) as tf.Tensor4D;
}
