import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '../config.ts';
import type { Parameter } from '../layers.ts';
import { byFactor, type Optimizer, slotsFor } from './optimizer.ts';

export type AdamSpec = Pick<
  Extract<OptimizerSpec, { name: 'adam' }>,
  'lr' | 'weight_decay' | 'betas' | 'epsilon'
>;

/** Adam (Kingma and Ba, 2015) as torch.optim.Adam: weight decay is added to the gradient. */
export function adam(spec: AdamSpec, parameters: readonly Parameter[]): Optimizer {
  return adamWith(spec, parameters, (gradient, value) => tf.add(gradient, tf.mul(value, spec.weight_decay)));
}

/** Adam with L2 weight decay by `regularize`, or with decoupled weight decay where it is left out. */
export function adamWith(
  spec: AdamSpec,
  parameters: readonly Parameter[],
  regularize?: (gradient: tf.Tensor, value: tf.Tensor) => tf.Tensor,
): Optimizer {
  const m = slotsFor('m', parameters);
  const v = slotsFor('v', parameters);
  const [beta1, beta2] = spec.betas;
  return {
    slots: [...m.values(), ...v.values()],
    scalars: (step, learningRate) => ({
      learningRate,
      beta1Power: beta1 ** step,
      beta2Power: beta2 ** step,
      // torch adds epsilon to the corrected root; the update takes the uncorrected one.
      epsilon: spec.epsilon * Math.sqrt(1 - beta2 ** step),
      decay: learningRate * spec.weight_decay,
    }),
    apply: (context, gradients, scalars, treatment) => {
      const rate = byFactor(scalars.learningRate!);
      const decay = byFactor(scalars.decay!);
      for (const [parameter, gradient] of gradients) {
        const factor = treatment.rate(parameter);
        const options = {
          learningRate: rate(factor),
          beta1Power: scalars.beta1Power!,
          beta2Power: scalars.beta2Power!,
          epsilon: scalars.epsilon!,
          beta1,
          beta2,
        };
        const decays = spec.weight_decay > 0 && treatment.decays(parameter);
        if (decays && !regularize) context.decay(parameter, decay(factor));
        const regularized = decays && regularize ? regularize(gradient, context.read(parameter)) : gradient;
        context.adam(parameter, m.get(parameter)!, v.get(parameter)!, regularized, options);
      }
    },
  };
}
