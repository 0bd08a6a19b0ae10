import * as tf from '@tensorflow/tfjs-core';
import { power } from './gender.ts';

/**
 * Softmax cross-entropy with label smoothing, as torch.nn.CrossEntropyLoss, or with `focal` above 0 its focal variant. logits: [batch,
 * identities]; labels: [batch], class indices; weights: [batch], 0 for an image without the label.
 */
export function identityLoss(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  weights: tf.Tensor1D,
  smoothing: number,
  focal = 0,
): tf.Scalar {
  const classes = logits.shape[1];
  const hot = oneHot(labels, classes);
  const targets = tf.add(tf.mul(hot, 1 - smoothing), smoothing / classes);
  const logarithms = tf.logSoftmax(logits);
  const perPicture = tf.neg(tf.sum(tf.mul(targets, logarithms), 1));
  if (focal === 0) return tf.sum(tf.mul(perPicture, weights)) as tf.Scalar;
  const missed = tf.sub(1, tf.exp(tf.sum(tf.mul(hot, logarithms), 1)));
  return tf.sum(tf.mul(tf.mul(perPicture, power(missed, focal)), weights)) as tf.Scalar;
}

/** [batch, classes], 1 at the label. */
export function oneHot(labels: tf.Tensor1D, classes: number): tf.Tensor2D {
  // tfjs's WebAssembly writes whole numbers into a one-hot array of float32: cast apart from it.
  return tf.cast(tf.oneHot(labels, classes), 'float32') as tf.Tensor2D;
}
