import * as tf from '@tensorflow/tfjs-core';

/**
 * Gradient surgery (Yu et al., 2020): where the gradients of two losses point against each other, each loses its part along the other;
 * their sum. `a`, `b`: the gradients of one loss and of the other with respect to the same parameters.
 */
export function projected(a: readonly tf.Tensor[], b: readonly tf.Tensor[]): tf.Tensor[] {
  const dot = sum(a.map((gradient, i) => tf.sum(tf.mul(gradient, b[i]!))));
  const conflict = tf.minimum(dot, 0);
  const share = (of: readonly tf.Tensor[]) =>
    tf.div(conflict, tf.maximum(sum(of.map((gradient) => tf.sum(tf.square(gradient)))), 1e-30));
  const [alongA, alongB] = [tf.sub(1, share(a)), tf.sub(1, share(b))];
  // (a − share(b) · b) + (b − share(a) · a)
  return a.map((gradient, i) => tf.add(tf.mul(gradient, alongA), tf.mul(b[i]!, alongB)));
}

const sum = (values: tf.Tensor[]): tf.Tensor => tf.addN(values);
