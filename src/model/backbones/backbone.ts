import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Forward } from '../layers.ts';

/** A shared feature extractor. */
export interface Backbone {
  /** Width of what it gives. */
  features: number;
  /** [batch, height, width, 3], normalised pictures → [batch, features]. */
  apply(forward: Forward, pictures: Tensor4D): Tensor2D;
}
