import * as tf from '@tensorflow/tfjs-core';
import { stringAttribute } from '../native/attributes.ts';
import { FLOAT, type OwnKernel, runOwn } from './register.ts';

const biasAddKernel: OwnKernel<'FacecomBiasAdd'> = {
  name: 'FacecomBiasAdd',
  native: ({ x, bias }, _, run) =>
    run('BiasAdd', [FLOAT, stringAttribute('data_format', 'NHWC')], [x!, bias!], 1)[0]!,
  composed: ({ x, bias }) => tf.add(x!, bias!),
  gradient: {
    gradFunc: (dy) => {
      const gradient = dy as tf.Tensor;
      const axes = gradient.shape.map((_, axis) => axis).slice(0, -1);
      return { x: () => tf.clone(gradient), bias: () => tf.sum(gradient, axes) };
    },
  },
};

/** x + bias, a value a channel, as one op that TensorFlow fuses into the convolution before it. x: […, channels]; bias: [channels]. */
export function biasAdd<T extends tf.Tensor>(x: T, bias: tf.Tensor1D): T {
  return runOwn(biasAddKernel, { x, bias }, {}) as T;
}
