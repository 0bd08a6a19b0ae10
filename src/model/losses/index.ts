import type * as tf from '@tensorflow/tfjs-core';
import { extension } from '../../plugins/index.ts';
import { genderLoss } from './gender.ts';
import { identityLoss } from './identity.ts';

type Task = 'gender' | 'identity';

export interface LossOptions {
  alpha: number;
  beta: number;
  label_smoothing: number;
  /** Losses of plugins, in place of cross-entropy. */
  functions?: Partial<Record<Task, string>>;
}

/**
 * What a loss is of. Logits are [batch] (gender, Female above 0) or [batch, identities]; labels are [batch], 0 or 1 or class indices;
 * weights are [batch], 0 for a picture without the label, and add up to 1 over the pictures of a batch that have it.
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

/** The loss of a task, as `loss` of an experiment describes it. */
export function lossOf(task: Task, options: LossOptions): (inputs: Omit<LossInputs, 'task'>) => tf.Scalar {
  const own = extension<LossDefinition<unknown>>('loss', options.functions?.[task] ?? 'cross_entropy');
  if (own) {
    const settings = (options as unknown as Record<string, unknown>)[own.name];
    return (inputs) => own.compute({ task, ...inputs }, settings);
  }
  return task === 'gender'
    ? ({ logits, labels, weights }) => genderLoss(logits as tf.Tensor1D, labels, weights)
    : ({ logits, labels, weights }) =>
        identityLoss(logits as tf.Tensor2D, labels, weights, options.label_smoothing);
}
