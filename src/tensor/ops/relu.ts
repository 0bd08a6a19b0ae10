import * as tf from '@tensorflow/tfjs-core';
import { FLOAT, type OwnKernel, runOwn } from './register.ts';

const reluGradKernel: OwnKernel<'FacecomReluGrad'> = {
  name: 'FacecomReluGrad',
  native: ({ dy, y }, _, run) => run('ReluGrad', [FLOAT], [dy!, y!], 1)[0]!,
  composed: ({ dy, y }) => tf.mul(dy!, tf.step(y!)),
  gradient: 'none',
};

const reluKernel: OwnKernel<'FacecomRelu'> = {
  name: 'FacecomRelu',
  native: ({ x }, _, run) => run('Relu', [FLOAT], [x!], 1)[0]!,
  composed: ({ x }) => tf.relu(x!),
  gradient: {
    outputsToSave: [true],
    gradFunc: (dy, saved) => ({
      x: () => runOwn(reluGradKernel, { dy: dy as tf.Tensor, y: saved[0]! }, {}) as tf.Tensor,
    }),
  },
};

/** max(x, 0), elementwise. Its gradient is one op, where tfjs's is three. */
export function relu<T extends tf.Tensor>(x: T): T {
  return runOwn(reluKernel, { x }, {}) as T;
}
