import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '../config.ts';
import type { Parameter } from '../layers.ts';
import { byFactor, type Optimizer, slotsFor } from './optimizer.ts';

/** Gradient descent with momentum as torch.optim.SGD: weight decay is added to the gradient. */
export function sgd(
  spec: Extract<OptimizerSpec, { name: 'sgd' }>,
  parameters: readonly Parameter[],
): Optimizer {
  const buffers = slotsFor('momentum', parameters);
  return {
    slots: [...buffers.values()],
    scalars: (_, learningRate) => ({ learningRate }),
    apply: (context, gradients, scalars, treatment) => {
      const rate = byFactor(scalars.learningRate!);
      for (const [parameter, gradient] of gradients) {
        const learningRate = rate(treatment.rate(parameter));
        const options = { learningRate, momentum: spec.momentum, nesterov: spec.nesterov };
        const regularized =
          spec.weight_decay > 0 && treatment.decays(parameter)
            ? tf.add(gradient, tf.mul(context.read(parameter), spec.weight_decay))
            : gradient;
        context.momentum(parameter, buffers.get(parameter)!, regularized, options);
      }
    },
  };
}
