import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../layers.ts';
import type { Optimizer, OptimizerSpec } from './optimizer.ts';
import { slotsFor } from './slots.ts';

/** Gradient descent with momentum as torch.optim.SGD: weight decay is added to the gradient. */
export function sgd(spec: Extract<OptimizerSpec, { name: 'sgd' }>, parameters: Parameter[]): Optimizer {
  const buffers = slotsFor('momentum', parameters);
  return {
    slots: [...buffers.values()],
    scalars: (_, learningRate) => ({ learningRate }),
    apply: (context, gradients, { learningRate }) => {
      const options = { learningRate: learningRate!, momentum: spec.momentum, nesterov: spec.nesterov };
      for (const [parameter, gradient] of gradients) {
        const regularized =
          spec.weight_decay > 0
            ? tf.add(gradient, tf.mul(context.read(parameter), spec.weight_decay))
            : gradient;
        context.momentum(parameter, buffers.get(parameter)!, regularized, options);
      }
    },
  };
}
