import * as tf from '@tensorflow/tfjs-core';

/**
 * Softmax cross-entropy with label smoothing, as torch.nn.CrossEntropyLoss. logits: [batch, identities]; labels: [batch], class
 * indices; weights: [batch], 0 for a picture without the label.
 */
export function identityLoss(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  weights: tf.Tensor1D,
  smoothing: number,
): tf.Scalar {
  const classes = logits.shape[1];
  // tfjs's WebAssembly writes whole numbers into a one-hot array of float32: cast and smoothed apart from it.
  const hot = tf.cast(tf.oneHot(labels, classes), 'float32');
  const targets = tf.add(tf.mul(hot, 1 - smoothing), smoothing / classes);
  const perPicture = tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1));
  return tf.sum(tf.mul(perPicture, weights)) as tf.Scalar;
}
