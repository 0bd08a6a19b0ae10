import * as tf from '@tensorflow/tfjs-core';

/**
 * Binary cross-entropy with logits, as torch.nn.BCEWithLogitsLoss. logits, targets (0 or 1), weights: [batch]; a picture
 * without the label has weight 0, the weights of a batch add up to 1.
 */
export function genderLoss(logits: tf.Tensor1D, targets: tf.Tensor1D, weights: tf.Tensor1D): tf.Scalar {
  return tf.sum(tf.mul(tf.sub(tf.softplus(logits), tf.mul(logits, targets)), weights)) as tf.Scalar;
}
