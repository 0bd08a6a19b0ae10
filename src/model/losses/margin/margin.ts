import type * as tf from '@tensorflow/tfjs-core';
import type { Forward, Parameters } from '../../layers.ts';

/** What a margin loss sees of a batch. */
export interface MarginInput {
  /** Cosines between embeddings and classes [batch, identities]. */
  cosines: tf.Tensor2D;
  /** 1 at each image's class, [batch, identities]. */
  hot: tf.Tensor2D;
  /** The margin, as it stands in its warm-up; scalar. */
  margin: tf.Scalar;
  /** Lengths of the embeddings [batch, 1]. */
  lengths: tf.Tensor2D;
  /** 1 for an image with a label [batch, 1]. */
  labelled: tf.Tensor2D;
}

/** Moves the cosine of each image's own class, so that the others must be further away. Returns [batch, identities]. */
export type Margin = (forward: Forward, input: MarginInput) => tf.Tensor2D;

export interface MarginMaker {
  /** The margin where the spec does not say one. */
  margin: number;
  make(parameters: Parameters, name: string): Margin;
}
