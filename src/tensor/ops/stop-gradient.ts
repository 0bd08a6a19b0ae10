import * as tf from '@tensorflow/tfjs-core';

/** The same value, through which no gradient passes. */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  const stopped = tf.customGrad((value) => ({
    value: tf.clone(value as tf.Tensor),
    gradFunc: (dy) => tf.zerosLike(dy as tf.Tensor),
  }));
  return stopped(x) as T;
}
