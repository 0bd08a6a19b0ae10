import * as tf from '@tensorflow/tfjs-core';
import type { GenderHeadSpec } from '../config.ts';
import type { Layer, Parameters } from '../layers.ts';
import { mlp } from './mlp.ts';

/** Features [batch, features] → the logit of Female [batch]. */
export function genderHead(
  parameters: Parameters,
  features: number,
  spec: GenderHeadSpec,
): Layer<tf.Tensor2D, tf.Tensor1D> {
  const { hidden, last } = mlp(parameters, 'gender_head', features, 1, spec);
  return (forward, x) => tf.squeeze(last(forward, hidden(forward, x)), [1]);
}
