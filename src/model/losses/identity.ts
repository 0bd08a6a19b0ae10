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
  const targets = tf.oneHot(
    labels,
    classes,
    1 - smoothing + smoothing / classes,
    smoothing / classes,
    'float32',
  );
  const perPicture = tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1));
  return tf.sum(tf.mul(perPicture, weights)) as tf.Scalar;
}
