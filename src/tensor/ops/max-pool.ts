import * as tf from '@tensorflow/tfjs-core';
import { intAttribute, stringAttribute } from '../native/attributes.ts';
import { FLOAT, type OwnKernel, type OwnOps, runKernel, runOwn } from './register.ts';

const attributes = ({ window, stride }: OwnOps['FacecomMaxPool']) => [
  FLOAT,
  intAttribute('ksize', [1, window, window, 1]),
  intAttribute('strides', [1, stride, stride, 1]),
  stringAttribute('padding', 'VALID'),
  stringAttribute('data_format', 'NHWC'),
];

/** No activation is less: padding never is the maximum. Finite, so that bfloat16 holds it. */
const LEAST = -3e38;

const pads = (padding: number): Array<[number, number]> => [
  [0, 0],
  [padding, padding],
  [padding, padding],
  [0, 0],
];

const maxPoolKernel: OwnKernel<'FacecomMaxPool'> = {
  name: 'FacecomMaxPool',
  // Explicit padding would be TensorFlow's own kernel, far slower than oneDNN's, which takes none.
  native: ({ x }, attrs, run) => {
    const { padding } = attrs;
    const padded = padding > 0 ? tf.pad(x!, pads(padding), LEAST) : x!;
    return run('MaxPool', attributes(attrs), [padded], 1)[0]!;
  },
  composed: ({ x }, attrs) => {
    const { window, stride, padding } = attrs;
    return tf.maxPool(x as tf.Tensor4D, window, stride, padding);
  },
  gradient: {
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => ({
      x: () =>
        runOwn(maxPoolGradKernel, { dy: dy as tf.Tensor, x: saved[0]!, y: saved[1]! }, attrs) as tf.Tensor,
    }),
  },
};

const maxPoolGradKernel: OwnKernel<'FacecomMaxPoolGrad'> = {
  name: 'FacecomMaxPoolGrad',
  native: ({ dy, x, y }, attrs, run) => {
    const { padding } = attrs;
    const padded = padding > 0 ? tf.pad(x!, pads(padding), LEAST) : x!;
    const dx = run('MaxPoolGrad', attributes(attrs), [padded, y!, dy!], 1)[0]!;
    return padding > 0 ? tf.slice(dx, [0, padding, padding, 0], x!.shape) : dx;
  },
  composed: ({ dy, x, y }, attrs) => {
    const { window, stride, padding } = attrs;
    return runKernel<tf.Tensor>(
      tf.MaxPoolGrad,
      { dy: dy!, input: x!, output: y! },
      { filterSize: window, strides: stride, pad: padding },
    );
  },
  gradient: 'none',
};

/** Maximum over windows; padding in pixels on each side, as torch.nn.MaxPool2d. x: [batch, height, width, channels]. */
export function maxPool(x: tf.Tensor4D, window: number, stride: number, padding: number): tf.Tensor4D {
  return runOwn(maxPoolKernel, { x }, { window, stride, padding }) as tf.Tensor4D;
}
