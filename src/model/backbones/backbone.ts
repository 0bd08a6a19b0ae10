import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Forward, Parameters } from '../layers.ts';

/** A shared feature extractor. */
export interface Backbone {
  /** Width of what it returns. */
  features: number;
  /** [batch, height, width, 3], normalised images → [batch, features]. */
  apply(forward: Forward, pictures: Tensor4D): Tensor2D;
}

/** Makes a backbone's parameters, by the names that its published weights have. */
export type MakeBackbone = (parameters: Parameters) => Backbone;

/** A backbone of a plugin: `create` is given its own keys of the spec. */
export interface BackboneDefinition<Options = Record<string, never>> {
  create(parameters: Parameters, options: Options): Backbone;
}
