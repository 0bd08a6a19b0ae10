import * as tf from '@tensorflow/tfjs-core';
import type { GenderHeadSpec } from '../config.ts';
import type { Layer, Parameters } from '../layers.ts';
import { pluginHead } from './head.ts';
import { mlp } from './mlp.ts';

/** Features [batch, features] → the logit of Female [batch]. */
export function genderHead(
  parameters: Parameters,
  features: number,
  spec: GenderHeadSpec,
): Layer<tf.Tensor2D, tf.Tensor1D> {
  const own = pluginHead(parameters, spec, { name: 'gender_head', features, outputs: 1 });
  if (own) return (forward, x) => tf.squeeze(own(forward, x), [1]);
  const { hidden, last } = mlp(parameters, 'gender_head', features, 1, spec);
  return (forward, x) => tf.squeeze(last(forward, hidden(forward, x)), [1]);
}
