import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../base/errors.ts';
import type { CompiledStep, Runtime, StepContext } from '../tensor/index.ts';
import { differentiate } from './differentiate.ts';
import type { Parameter } from './layers.ts';
import type { LearningParts } from './learning-parts.ts';
import type { Treatment } from './optimizers/index.ts';
import { learns, type Phase, rateOf } from './phase.ts';

type Tensors = Record<string, tf.Tensor>;

/** The steps of one phase. */
export interface Steps {
  whole: CompiledStep;
  micro: CompiledStep;
  apply: CompiledStep;
}

/** The steps of a phase, compiled when they first run. Throws `model-frozen` if nothing learns in it. */
export function phaseSteps(runtime: Pick<Runtime, 'compile'>, parts: LearningParts, phase: Phase): Steps {
  const { model, optimizer } = parts.options;
  const learning = parts.trainable.filter((parameter) => learns(parameter, model.freeze, phase));
  if (learning.length === 0)
    throw new FacecomError('model-frozen', 'Nothing of the model learns.', {
      found: `model.freeze ${JSON.stringify(model.freeze)}${phase.train ? `, train ${JSON.stringify(phase.train)}` : ''}`,
      expected: 'a parameter that is not frozen',
      remedy: 'Freeze less, or let the phase train more.',
      exitCode: 2,
    });
  const treatment: Treatment = {
    rate: (parameter) =>
      rateOf(parameter, {
        rates: phase.rates ?? optimizer.rates,
        layerDecay: optimizer.layer_decay,
        depth: parts.network.depth,
      }),
    decays: ({ small }) => optimizer.decay_small || !small,
  };
  const compile = runtime.compile.bind(runtime);
  return {
    whole: compile('train', (inputs, context) => {
      const { outputs, gradients } = differentiate(parts, inputs, context, learning);
      return { ...outputs, ...update(parts, context, gradients, inputs, treatment) };
    }),
    micro: compile('accumulate', (inputs, context) => {
      const { outputs, gradients } = differentiate(parts, inputs, context, learning);
      for (const [parameter, gradient] of gradients) context.add(parts.sums.get(parameter)!, gradient);
      return outputs;
    }),
    apply: compile('apply', (scalars, context) => {
      const gradients = new Map(
        learning.map((parameter) => [parameter, context.read(parts.sums.get(parameter)!)]),
      );
      const outputs = update(parts, context, gradients, scalars, treatment);
      for (const parameter of learning) {
        const sum = parts.sums.get(parameter)!;
        context.assign(sum, tf.zeros([...sum.shape]));
      }
      // TensorFlow refuses to give back what it was fed.
      return { ...outputs, done: tf.add(scalars.learningRate!, 0) };
    }),
  };
}

function update(
  parts: LearningParts,
  context: StepContext,
  gradients: ReadonlyMap<Parameter, tf.Tensor>,
  scalars: Tensors,
  treatment: Treatment,
): Tensors {
  let used = gradients;
  const outputs: Tensors = {};
  if (parts.options.clip > 0) {
    const norm = tf.sqrt(tf.addN([...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)))));
    // As torch.nn.utils.clip_grad_norm_.
    const factor = tf.minimum(1, tf.div(parts.options.clip, tf.add(norm, 1e-6)));
    used = new Map([...gradients].map(([parameter, gradient]) => [parameter, tf.mul(gradient, factor)]));
    outputs.norm = norm;
  }
  parts.optimizer.apply(context, used, scalars, treatment);
  if (parts.options.ema > 0)
    for (const [parameter, average] of parts.averages)
      context.follow(average, parameter, 1 - parts.options.ema);
  return outputs;
}
