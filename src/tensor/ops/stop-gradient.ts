import * as tf from '@tensorflow/tfjs-core';

/** What `compute` makes of tensors, as a constant to differentiation: comparisons and the like have no gradient. */
export function withoutGradient<T extends tf.Tensor>(
  compute: (...inputs: tf.Tensor[]) => T,
  ...inputs: tf.Tensor[]
): T {
  const constant = tf.customGrad((...given) => {
    const xs = given.filter((one): one is tf.Tensor => one instanceof tf.Tensor);
    return { value: compute(...xs), gradFunc: () => xs.map((x) => tf.zerosLike(x)) };
  });
  return constant(...inputs) as T;
}

/** The same value, through which no gradient passes. */
export const stopGradient = <T extends tf.Tensor>(x: T): T =>
  withoutGradient((value) => tf.clone(value) as T, x);
