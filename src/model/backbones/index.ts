import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Forward, Parameters } from '../layers.ts';
import { resnet } from './resnet.ts';

/** A shared feature extractor. */
export interface Backbone {
  /** Width of what it gives. */
  features: number;
  /** [batch, height, width, 3], normalised pictures → [batch, features]. */
  apply(forward: Forward, pictures: Tensor4D): Tensor2D;
}

/** Every backbone, by its name in a spec: one line each. */
export const backbones = {
  resnet18: resnet({ depths: [2, 2, 2, 2], bottleneck: false }),
  resnet50: resnet({ depths: [3, 4, 6, 3], bottleneck: true }),
} satisfies Record<string, (parameters: Parameters) => Backbone>;

export type BackboneName = keyof typeof backbones;
