import * as tf from '@tensorflow/tfjs-core';

/** All pairs of a batch. */
export interface Pairs {
  /** Embeddings of length 1, [batch, width]. */
  embeddings: tf.Tensor2D;
  /** 1 where both are labelled, differ, and show one identity [batch, batch]. */
  same: tf.Tensor2D;
  /** 1 where both are labelled and show two identities [batch, batch]. */
  other: tf.Tensor2D;
}

/** A loss over pairs: a scalar, the mean over what it counts, 0 where the batch holds nothing to count. */
export type MetricLoss = (pairs: Pairs) => tf.Scalar;

/** embeddings: [batch, width], of length 1; labels: [batch]; labelled: [batch], 1 or 0. */
export function pairsOf(embeddings: tf.Tensor2D, labels: tf.Tensor1D, labelled: tf.Tensor1D): Pairs {
  const batch = labels.shape[0];
  const column = tf.reshape(labels, [batch, 1]);
  const row = tf.reshape(labels, [1, batch]);
  const equal = tf.cast(tf.equal(column, row), 'float32');
  const both = tf.mul(tf.reshape(labelled, [batch, 1]), tf.reshape(labelled, [1, batch]));
  const apart = tf.sub(1, identity(batch));
  return {
    embeddings,
    same: tf.mul(tf.mul(equal, both), apart) as tf.Tensor2D,
    other: tf.mul(tf.sub(1, equal), both) as tf.Tensor2D,
  };
}

function identity(size: number): tf.Tensor2D {
  const values = new Float32Array(size * size);
  for (let i = 0; i < size; i++) values[i * size + i] = 1;
  return tf.tensor2d(values, [size, size]);
}

/** Cosines of all pairs [batch, batch]. */
export const cosinesOf = ({ embeddings }: Pairs): tf.Tensor2D =>
  tf.matMul(embeddings, embeddings, false, true);

/** Squared Euclidean distances of all pairs [batch, batch]. */
export const squaresOf = (pairs: Pairs): tf.Tensor2D =>
  tf.maximum(tf.sub(2, tf.mul(cosinesOf(pairs), 2)), 0) as tf.Tensor2D;

/** Euclidean distances of all pairs [batch, batch]; the gradient is finite where two are equal. */
export const distancesOf = (pairs: Pairs): tf.Tensor2D => tf.sqrt(tf.add(squaresOf(pairs), 1e-12));

/** The mean of the values that count, 0 where none does. */
export const meanOf = (values: tf.Tensor, counts: tf.Tensor): tf.Scalar =>
  tf.div(tf.sum(tf.mul(values, counts)), tf.maximum(tf.sum(counts), 1)) as tf.Scalar;
