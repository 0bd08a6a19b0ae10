import * as tf from '@tensorflow/tfjs-core';
import { boolAttribute, floatAttribute, stringAttribute, typeAttribute } from '../native/attributes.ts';
import { DataType } from '../native/library.ts';
import { FLOAT, type OwnKernel, runOwn } from './register.ts';

const attributes = (epsilon: number, training: boolean) => [
  FLOAT,
  typeAttribute('U', DataType.FLOAT),
  floatAttribute('epsilon', epsilon),
  stringAttribute('data_format', 'NHWC'),
  boolAttribute('is_training', training),
];

const AXES = [0, 1, 2];
const count = (x: tf.Tensor) => x.size / x.shape[x.rank - 1]!;

/** Outputs: y, mean, variance (unbiased), then three that only the gradient reads. */
const batchNormKernel: OwnKernel<'FacecomBatchNorm'> = {
  name: 'FacecomBatchNorm',
  native: ({ x, scale, offset }, { epsilon }, run) => {
    const empty = tf.tensor1d([], 'float32');
    const factor = floatAttribute('exponential_avg_factor', 1);
    const outputs = run(
      'FusedBatchNormV3',
      [...attributes(epsilon, true), factor],
      [x!, scale!, offset!, empty, empty],
      6,
    );
    empty.dispose();
    return outputs;
  },
  composed: ({ x, scale, offset }, { epsilon }) => {
    const { mean, variance } = tf.moments(x!, AXES);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const factor = tf.mul(inverse, scale!);
    const y = tf.add(tf.mul(x!, factor), tf.sub(offset!, tf.mul(mean, factor)));
    const n = count(x!);
    return [y, mean, tf.mul(variance, n / Math.max(1, n - 1)), tf.clone(mean), inverse, tf.zeros([1])];
  },
  gradient: {
    inputsToSave: ['x', 'scale'],
    outputsToSave: [false, false, false, true, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [x, scale, saved1, saved2, saved3] = saved as tf.Tensor[];
      // Computed here and not within the functions: each of those is a scope that would free the other two gradients.
      const grads = runOwn(
        batchNormGradKernel,
        {
          dy: (dys as tf.Tensor[])[0]!,
          x: x!,
          scale: scale!,
          saved1: saved1!,
          saved2: saved2!,
          saved3: saved3!,
        },
        { epsilon: attrs.epsilon },
      ) as tf.Tensor[];
      return { x: () => grads[0]!, scale: () => grads[1]!, offset: () => grads[2]! };
    },
  },
};

const batchNormGradKernel: OwnKernel<'FacecomBatchNormGrad'> = {
  name: 'FacecomBatchNormGrad',
  native: ({ dy, x, scale, saved1, saved2, saved3 }, { epsilon }, run) =>
    run(
      'FusedBatchNormGradV3',
      attributes(epsilon, true),
      [dy!, x!, scale!, saved1!, saved2!, saved3!],
      5,
    ).slice(0, 3),
  composed: ({ dy, x, scale, saved1, saved2 }) => {
    const centred = tf.mul(tf.sub(x!, saved1!), saved2!);
    const dOffset = tf.sum(dy!, AXES);
    const dScale = tf.sum(tf.mul(dy!, centred), AXES);
    const n = count(x!);
    const inner = tf.sub(tf.sub(dy!, tf.div(dOffset, n)), tf.mul(centred, tf.div(dScale, n)));
    return [tf.mul(inner, tf.mul(scale!, saved2!)), dScale, dOffset];
  },
  gradient: 'none',
};

/**
 * Batch normalisation with the batch's own statistics (Ioffe and Szegedy, 2015).
 * x: [batch, height, width, channels]; scale, offset: [channels]. Returns y, the batch mean and the unbiased batch variance.
 */
export function batchNorm(x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D, epsilon: number) {
  const outputs = runOwn(batchNormKernel, { x, scale, offset }, { epsilon }) as tf.Tensor[];
  return {
    y: outputs[0] as tf.Tensor4D,
    mean: outputs[1] as tf.Tensor1D,
    variance: outputs[2] as tf.Tensor1D,
  };
}
