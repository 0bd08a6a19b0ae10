import * as tf from '@tensorflow/tfjs-core';

/** What `compute` makes of tensors, as a constant to differentiation: comparisons and the like have no gradient. */
export function withoutGradient<T extends tf.Tensor>(
  compute: (...inputs: tf.Tensor[]) => T,
  ...inputs: tf.Tensor[]
): T {
  const constant = tf.customGrad((...given) => {
    const xs = given.filter((one): one is tf.Tensor => one instanceof tf.Tensor);
    // Their shapes alone: an input that nothing else keeps is gone by then.
    const zeros = xs.map(({ shape, dtype }) => ({ shape, dtype }));
    return {
      value: compute(...xs),
      gradFunc: () => zeros.map(({ shape, dtype }) => tf.zeros(shape, dtype)),
    };
  });
  return constant(...inputs) as T;
}

/** The same value, through which no gradient passes. */
export const stopGradient = <T extends tf.Tensor>(x: T): T =>
  withoutGradient((value) => tf.clone(value) as T, x);
