import * as tf from '@tensorflow/tfjs-core';
import type { StepContext } from '../tensor/index.ts';
import type { Parameter } from './layers.ts';
import type { LearningParts } from './learning-parts.ts';
import { genderLoss } from './losses/gender.ts';
import { pluginLoss } from './losses/plugin.ts';

/** The two losses, what they add up to, and the logits behind them. */
export function taskLosses(
  parts: LearningParts,
  inputs: Record<string, tf.Tensor>,
  context: StepContext,
  learning: readonly Parameter[],
) {
  const set = new Set(learning);
  const forward = {
    context,
    training: true,
    frozen: (parameter: Parameter) => !set.has(parameter),
  };
  const { network } = parts;
  const output = inputs.features
    ? network.heads(forward, inputs.features as tf.Tensor2D)
    : network.apply(forward, inputs.images as tf.Tensor4D);
  const [labels, weights] = [inputs.gender as tf.Tensor1D, inputs.genderWeight as tf.Tensor1D];
  const own = pluginLoss('gender', parts.options.loss);
  const genderPart = own
    ? own({ logits: output.gender, labels, weights })
    : genderLoss(output.gender, labels, weights, parts.options.loss.gender.focal);
  const identityPart = network.identity.loss(forward, output, {
    labels: inputs.identity as tf.Tensor1D,
    weights: inputs.identityWeight as tf.Tensor1D,
    warmth: inputs.warmth as tf.Scalar,
    ...(parts.options.mixing
      ? {
          other: {
            labels: inputs.otherIdentity as tf.Tensor1D,
            weights: inputs.otherIdentityWeight as tf.Tensor1D,
          },
        }
      : {}),
  });
  const found = {
    genderLoss: genderPart,
    identityLoss: identityPart,
    genderLogits: output.gender,
    identityLogits: output.logits,
  };
  const { variances } = network;
  if (!variances) {
    const total = tf.add(tf.mul(genderPart, inputs.alpha!), tf.mul(identityPart, inputs.beta!)) as tf.Scalar;
    return { ...found, total };
  }
  // exp(−s) · loss + s / 2 (Kendall et al., 2018); the share of a micro-batch keeps the sum over them that of the batch.
  const weigh = (loss: tf.Scalar, variance: Parameter, share: tf.Tensor) => {
    const logarithm = tf.reshape(context.read(variance), []);
    const weight = tf.exp(tf.neg(logarithm));
    return {
      weight,
      value: tf.add(tf.mul(loss, weight), tf.mul(tf.mul(logarithm, 0.5), tf.sum(share))),
    };
  };
  const gender = weigh(genderPart, variances.gender, inputs.genderWeight!);
  const identity = weigh(identityPart, variances.identity, inputs.identityWeight!);
  return {
    ...found,
    genderInEffect: gender.weight,
    identityInEffect: identity.weight,
    total: tf.add(gender.value, identity.value) as tf.Scalar,
  };
}
