import * as tf from '@tensorflow/tfjs-core';

/**
 * Binary cross-entropy with logits, as torch.nn.BCEWithLogitsLoss, or with `focal` above 0 the focal loss (Lin et al., 2017).
 * logits, targets (0 … 1), weights: [batch]; an image without the label has weight 0, the weights of a batch add up to 1.
 */
export function genderLoss(
  logits: tf.Tensor1D,
  targets: tf.Tensor1D,
  weights: tf.Tensor1D,
  focal = 0,
): tf.Scalar {
  const entropy = tf.sub(tf.softplus(logits), tf.mul(logits, targets));
  if (focal === 0) return tf.sum(tf.mul(entropy, weights)) as tf.Scalar;
  const probability = tf.sigmoid(logits);
  // Of the class that the image does not belong to.
  const missed = tf.add(tf.mul(probability, tf.sub(1, targets)), tf.mul(tf.sub(1, probability), targets));
  return tf.sum(tf.mul(tf.mul(entropy, power(missed, focal)), weights)) as tf.Scalar;
}

/** x^exponent of probabilities; its gradient is finite at 0 also for exponents below 1. */
export const power = (x: tf.Tensor, exponent: number): tf.Tensor =>
  exponent === 1 ? x : exponent === 2 ? tf.square(x) : tf.exp(tf.mul(tf.log(tf.add(x, 1e-8)), exponent));
