// A head: the cosine between features and one vector per class, times a scale.
import * as tf from '@tensorflow/tfjs-core';
import { defineHead } from 'facecom';

export default defineHead<{ scale: number }>({
  name: 'cosine',
  description: 'Cosine of the features and a vector per class, times a scale.',
  parameters: {
    scale: { type: 'number', description: 'Factor of the cosines.', exclusiveMinimum: 0, default: 16 },
  },
  create(parameters, { name, features, outputs }, { scale }) {
    const weight = parameters.uniform(`${name}.weight`, [features, outputs], features);
    const unit = (x: tf.Tensor2D, axis: number) =>
      tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), axis, true), 1e-12))) as tf.Tensor2D;
    return ({ context }, x) =>
      tf.mul(tf.matMul(unit(x, 1), unit(context.read(weight) as tf.Tensor2D, 0)), scale) as tf.Tensor2D;
  },
});
