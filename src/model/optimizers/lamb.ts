import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '../config.ts';
import type { Parameter } from '../layers.ts';
import { byFactor, type Optimizer, slotsFor } from './optimizer.ts';

/**
 * LAMB (You et al., 2020), with bias correction: Adam's step and the decay, as long as the weight is. A parameter that does not decay
 * takes Adam's step as it is.
 */
export function lamb(
  spec: Extract<OptimizerSpec, { name: 'lamb' }>,
  parameters: readonly Parameter[],
): Optimizer {
  const m = slotsFor('m', parameters);
  const v = slotsFor('v', parameters);
  const [beta1, beta2] = spec.betas;
  return {
    slots: [...m.values(), ...v.values()],
    scalars: (step, learningRate) => ({
      learningRate,
      correction1: 1 / (1 - beta1 ** step),
      correction2: 1 / (1 - beta2 ** step),
    }),
    apply: (context, gradients, { learningRate, correction1, correction2 }, treatment) => {
      const rate = byFactor(learningRate!);
      const blend = (slot: Parameters<typeof context.assign>[0], value: tf.Tensor, beta: number) => {
        const next = tf.add(tf.mul(context.read(slot), beta), tf.mul(value, 1 - beta));
        context.assign(slot, next);
        return next;
      };
      for (const [parameter, gradient] of gradients) {
        const first = tf.mul(blend(m.get(parameter)!, gradient, beta1), correction1!);
        const second = tf.mul(blend(v.get(parameter)!, tf.square(gradient), beta2), correction2!);
        const step = tf.div(first, tf.add(tf.sqrt(second), spec.epsilon));
        const factor = rate(treatment.rate(parameter));
        if (!treatment.decays(parameter)) {
          context.add(parameter, tf.neg(tf.mul(step, factor)));
          continue;
        }
        const weight = context.read(parameter);
        const whole = tf.add(step, tf.mul(weight, spec.weight_decay));
        const [length, reach] = [norm(weight), norm(whole)];
        const some = tf.logicalAnd(tf.greater(length, 0), tf.greater(reach, 0));
        const trust = tf.where(some, tf.div(length, tf.maximum(reach, 1e-30)), tf.onesLike(length));
        context.add(parameter, tf.neg(tf.mul(whole, tf.mul(factor, trust))));
      }
    },
  };
}

const norm = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(x)));
