import type * as tf from '@tensorflow/tfjs-core';
import { extension } from '../../plugins/index.ts';
import type { ModelConfig } from '../config.ts';

type Task = 'gender' | 'identity';

/**
 * What a loss is of. Logits are [batch] (gender, Female above 0) or [batch, identities]; labels are [batch], 0 or 1 or class indices;
 * weights are [batch], 0 for an image without the label, and add up to 1 over the images of a batch that have it.
 */
export interface LossInputs {
  task: Task;
  logits: tf.Tensor1D | tf.Tensor2D;
  labels: tf.Tensor1D;
  weights: tf.Tensor1D;
}

/** A loss of a plugin: `compute` is given its own keys of the spec. */
export interface LossDefinition<Options = Record<string, never>> {
  compute(inputs: LossInputs, options: Options): tf.Scalar;
}

/** The loss of a plugin that `loss.functions` of an experiment names for a task; undefined for our own. */
export function pluginLoss(
  task: Task,
  options: ModelConfig['loss'],
): ((inputs: Omit<LossInputs, 'task'>) => tf.Scalar) | undefined {
  const own = extension<LossDefinition<unknown>>('loss', options.functions[task]);
  const settings = own && (options as unknown as Record<string, unknown>)[own.name];
  return own && ((inputs) => own.compute({ task, ...inputs }, settings));
}
