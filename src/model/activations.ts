import * as tf from '@tensorflow/tfjs-core';
import { relu as rectify } from '../tensor/index.ts';

export type Activation = <T extends tf.Tensor>(x: T) => T;

export const relu: Activation = rectify;

export const relu6: Activation = <T extends tf.Tensor>(x: T) => tf.clipByValue(x, 0, 6) as T;

export const sigmoid: Activation = <T extends tf.Tensor>(x: T) => tf.sigmoid(x) as T;

/** x · σ(x) (Elfwing et al., 2018): torch.nn.SiLU. */
export const silu: Activation = <T extends tf.Tensor>(x: T) => tf.mul(x, tf.sigmoid(x)) as T;

/** clip(x + 3, 0, 6) / 6: torch.nn.Hardsigmoid. */
export const hardSigmoid: Activation = <T extends tf.Tensor>(x: T) => tf.mul(relu6(tf.add(x, 3)), 1 / 6) as T;

/** x · hardSigmoid(x) (Howard et al., 2019): torch.nn.Hardswish. */
export const hardSwish: Activation = <T extends tf.Tensor>(x: T) => tf.mul(x, hardSigmoid(x)) as T;

/** x · Φ(x), exact (Hendrycks and Gimpel, 2016): torch.nn.GELU. */
export const gelu: Activation = <T extends tf.Tensor>(x: T) =>
  tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)) as T;
