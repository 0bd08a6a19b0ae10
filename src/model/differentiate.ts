import * as tf from '@tensorflow/tfjs-core';
import type { StepContext } from '../tensor/index.ts';
import { projected } from './balance/pcgrad.ts';
import type { Parameter } from './layers.ts';
import type { LearningParts } from './learning-parts.ts';
import { type Found, inputsOfEach, reduced, replicaContext } from './replicas.ts';
import { taskLosses } from './task-losses.ts';

type Tensors = Record<string, tf.Tensor>;

/**
 * The gradients of the two losses together with respect to what learns, and what else a step tells: of each replica on a device of its
 * own, summed on the first.
 */
export function differentiate(
  parts: LearningParts,
  inputs: Tensors,
  context: StepContext,
  learning: readonly Parameter[],
): Found {
  const on = <T>(device: number, work: () => T): T =>
    context.onDevice ? context.onDevice(device, work) : work();
  const replicas = inputsOfEach(inputs);
  if (replicas.length === 1) return differentiateOne(parts, inputs, context, learning);
  const each = replicas.map((own, k) =>
    on(k, () => differentiateOne(parts, own, replicaContext(context, k), learning)),
  );
  return on(0, () => reduced(each));
}

function differentiateOne(
  parts: LearningParts,
  inputs: Tensors,
  context: StepContext,
  learning: readonly Parameter[],
): Found {
  const { balance } = parts.options.loss;
  if (balance === 'pcgrad' || balance === 'gradnorm')
    return differentiateEach(parts, inputs, context, learning);
  const kept: Tensors = {};
  const { loss, gradients } = context.gradients(() => {
    const { total, ...found } = taskLosses(parts, inputs, context, learning);
    for (const [name, value] of Object.entries(found)) kept[name] = tf.keep(value);
    return total;
  }, learning);
  const outputs: Tensors = { loss };
  for (const [name, value] of Object.entries(kept)) {
    outputs[name] = tf.clone(value);
    value.dispose();
  }
  return { outputs, gradients: byParameter(learning, gradients) };
}

/** Of either loss by itself: as its weight says, or for the lengths of its gradients. */
function differentiateEach(
  parts: LearningParts,
  inputs: Tensors,
  context: StepContext,
  learning: readonly Parameter[],
) {
  const shared = learning.filter(({ depth, shape }) => depth < parts.network.depth && shape.length > 1);
  const last = shared.slice(-1);
  const projects = parts.options.loss.balance === 'pcgrad';
  const { found, gradients } = context.gradientsOfEach(
    () => {
      const found = taskLosses(parts, inputs, context, learning);
      const gender = tf.mul(found.genderLoss, inputs.alpha!) as tf.Scalar;
      const identity = tf.mul(found.identityLoss, inputs.beta!) as tf.Scalar;
      return { ...found, gender, identity };
    },
    ({ gender, identity, genderLoss, identityLoss, total }) =>
      projects
        ? [
            { loss: gender, variables: learning },
            { loss: identity, variables: learning },
          ]
        : [
            { loss: total, variables: learning },
            // Where the backbone is frozen, the tasks share nothing that learns.
            ...(last.length > 0
              ? [
                  { loss: genderLoss, variables: last },
                  { loss: identityLoss, variables: last },
                ]
              : []),
          ],
  );
  const { gender: _, identity: __, total, ...rest } = found;
  const outputs: Tensors = { ...rest, loss: total };
  const [a, b, c] = gradients as [tf.Tensor[], tf.Tensor[], tf.Tensor[]];
  if (projects) return { outputs, gradients: byParameter(learning, projected(a, b)) };
  if (last.length > 0) {
    outputs.genderNorm = tf.sqrt(tf.sum(tf.square(b[0]!)));
    outputs.identityNorm = tf.sqrt(tf.sum(tf.square(c[0]!)));
  }
  return { outputs, gradients: byParameter(learning, a) };
}

const byParameter = (parameters: readonly Parameter[], gradients: readonly tf.Tensor[]) =>
  new Map(parameters.map((parameter, i) => [parameter, gradients[i]!]));
