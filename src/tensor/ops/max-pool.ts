import * as tf from '@tensorflow/tfjs-core';
import { DataType } from '../native/library.ts';
import { registerKernel, runKernel } from './register.ts';

interface Options {
  window: number;
  stride: number;
  padding: number;
}

function attributes({ window, stride, padding }: Options) {
  const list = [
    { name: 'T', type: 4, value: DataType.FLOAT },
    { name: 'ksize', type: 1, value: [1, window, window, 1] },
    { name: 'strides', type: 1, value: [1, stride, stride, 1] },
    { name: 'padding', type: 0, value: padding === 0 ? 'VALID' : 'EXPLICIT' },
    { name: 'data_format', type: 0, value: 'NHWC' },
  ];
  if (padding > 0)
    list.push({
      name: 'explicit_paddings',
      type: 1,
      value: [0, 0, padding, padding, padding, padding, 0, 0],
    });
  return list;
}

const options = (attrs: unknown) => attrs as Options;

registerKernel({
  name: 'FacecomMaxPool',
  native: ({ x }, attrs, run) => run('MaxPool', attributes(options(attrs)), [x!], 1)[0]!,
  composed: ({ x }, attrs) => {
    const { window, stride, padding } = options(attrs);
    return tf.maxPool(x as tf.Tensor4D, window, stride, padding);
  },
});

registerKernel({
  name: 'FacecomMaxPoolGrad',
  native: ({ dy, x, y }, attrs, run) => run('MaxPoolGrad', attributes(options(attrs)), [x!, y!, dy!], 1)[0]!,
  composed: ({ dy, x, y }, attrs) => {
    const { window, stride, padding } = options(attrs);
    return runKernel<tf.Tensor>(
      tf.MaxPoolGrad,
      { dy: dy!, input: x!, output: y! },
      { filterSize: window, strides: stride, pad: padding },
    );
  },
});

tf.registerGradient({
  kernelName: 'FacecomMaxPool',
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => ({
    x: () =>
      runKernel<tf.Tensor>(
        'FacecomMaxPoolGrad',
        { dy: dy as tf.Tensor, x: saved[0]!, y: saved[1]! },
        { ...attrs },
      ),
  }),
});

/** Maximum over windows; padding in pixels on each side, as torch.nn.MaxPool2d. x: [batch, height, width, channels]. */
export function maxPool(x: tf.Tensor4D, window: number, stride: number, padding: number): tf.Tensor4D {
  return runKernel<tf.Tensor4D>('FacecomMaxPool', { x }, { window, stride, padding });
}
