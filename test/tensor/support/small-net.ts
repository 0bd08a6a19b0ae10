import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { identityLoss } from '../../../src/model/losses/identity.ts';
import { batchNorm, conv2d, maxPool, relu } from '../../../src/tensor/ops/index.ts';
import type { Runtime, StepContext, StepInput, Variable } from '../../../src/tensor/runtime.ts';
import { uniform } from '../../support/formula.ts';

/** A network of every kind of layer that a ResNet has, small enough to be trained for a thousand steps in a test. */
export const SIDE = 12;
export const CLASSES = 5;

const trainable: Record<string, number[]> = {
  stem: [3, 3, 3, 8],
  'stem.scale': [8],
  'stem.offset': [8],
  body: [3, 3, 8, 8],
  wide: [1, 1, 8, 16],
  'wide.scale': [16],
  'wide.offset': [16],
  shortcut: [1, 1, 8, 16],
  head: [16, CLASSES],
  bias: [CLASSES],
};

export interface SmallNet {
  variables: Variable[];
  /** What the gradients are taken of. */
  weights: Variable[];
  step(context: StepContext, inputs: Record<string, tf.Tensor>): Record<string, tf.Tensor>;
}

/** Its training step: losses, moving averages, and the optimizer's updates of all weights. */
export function smallNet(
  optimizer: 'adam' | 'momentum',
  extra: { dropout?: number; ema?: number } = {},
): SmallNet {
  const made = new Map<string, Variable>();
  const variable = (name: string, shape: number[], initial?: () => Float32Array) => {
    const found: Variable = { name, shape, initial };
    made.set(name, found);
    return found;
  };
  const weights = Object.entries(trainable).map(([name, shape]) => {
    const bound = shape.length === 4 ? Math.sqrt(6 / (shape[0]! * shape[1]! * shape[2]!)) : 0.4;
    const [low, high] = name.endsWith('scale') ? [0.8, 1.2] : [-bound, bound];
    return variable(name, shape, () => uniform(name, shape, low, high));
  });
  const slots = weights.map((weight) => ({
    weight,
    m: variable(`m/${weight.name}`, [...weight.shape]),
    v: variable(`v/${weight.name}`, [...weight.shape]),
    average: variable(`ema/${weight.name}`, [...weight.shape], weight.initial),
  }));
  const mean = variable('stem.mean', [8]);
  const get = (name: string) => made.get(name)!;

  const logits = (context: StepContext, pictures: Tensor4D) => {
    const read = <T extends tf.Tensor>(name: string) => context.read(get(name)) as T;
    const norm = (x: Tensor4D, name: string) =>
      batchNorm(x, read<Tensor1D>(`${name}.scale`), read<Tensor1D>(`${name}.offset`), 1e-5);
    const stem = norm(conv2d(pictures, read('stem'), { stride: 2, padding: 1 }), 'stem');
    context.add(mean, tf.mul(tf.sub(stem.mean, context.read(mean)), 0.1));
    const pooled = maxPool(relu(stem.y), 3, 2, 1);
    const body = relu(conv2d(pooled, read('body'), { stride: 1, padding: 1 }));
    const wide = norm(conv2d(body, read('wide'), { stride: 2, padding: 0 }), 'wide').y;
    const short = conv2d(pooled, read('shortcut'), { stride: 2, padding: 0 });
    let features = tf.mean(relu(tf.add(wide, short) as Tensor4D), [1, 2]) as Tensor2D;
    if (extra.dropout) {
      const kept = tf.cast(
        tf.greaterEqual(context.uniform(features.shape, 'dropout'), extra.dropout),
        'float32',
      );
      features = tf.mul(features, kept) as Tensor2D;
    }
    return tf.add(tf.matMul(features, read<Tensor2D>('head')), read('bias')) as Tensor2D;
  };

  const step = (
    context: StepContext,
    { pictures, labels, rate, power1, power2 }: Record<string, tf.Tensor>,
  ) => {
    const each = tf.fill([labels!.shape[0]!], 1 / labels!.shape[0]!) as Tensor1D;
    const { loss, gradients } = context.gradients(
      () => identityLoss(logits(context, tf.div(pictures!, 255) as Tensor4D), labels as Tensor1D, each, 0.1),
      weights,
    );
    const adam = { learningRate: rate!, beta1Power: power1!, beta2Power: power2!, beta1: 0.9, beta2: 0.999 };
    for (const [i, { weight, m, v, average }] of slots.entries()) {
      if (optimizer === 'adam')
        context.adam(weight, m, v, gradients[i]!, { ...adam, epsilon: tf.scalar(1e-8) });
      else
        context.momentum(weight, m, gradients[i]!, { learningRate: rate!, momentum: 0.9, nesterov: false });
      if (extra.ema) context.follow(average, weight, 1 - extra.ema);
    }
    return { loss, norm: tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient))))) };
  };
  return { variables: [...made.values()], weights, step };
}

/** The inputs of step `index`, which counts from 1. */
export function inputsOf(index: number, batch = 6, rate = 0.01): Record<string, StepInput> {
  const shape = [batch, SIDE, SIDE, 3];
  const scalar = (value: number): StepInput => ({
    shape: [],
    dtype: 'float32',
    values: Float32Array.of(value),
  });
  return {
    pictures: {
      shape,
      dtype: 'uint8',
      values: Uint8Array.from(uniform(`pictures/${index % 7}`, shape, 0, 256), Math.floor),
    },
    labels: {
      shape: [batch],
      dtype: 'int32',
      values: Int32Array.from({ length: batch }, (_, i) => (i + index) % CLASSES),
    },
    rate: scalar(rate),
    power1: scalar(0.9 ** index),
    power2: scalar(0.999 ** index),
  };
}

/** Trains for some steps; returns the losses and the variables after them. */
export async function train(
  runtime: Runtime,
  net: SmallNet,
  steps: number,
  options: { batch?: number; rate?: number } = {},
) {
  const compiled = runtime.compile('train', (inputs, context) => net.step(context, inputs));
  const losses: number[] = [];
  for (let index = 1; index <= steps; index++) {
    const { loss } = await compiled.run(inputsOf(index, options.batch, options.rate), index);
    losses.push(loss!.values[0]!);
  }
  const values = await runtime.values(net.variables);
  return { losses, values: Object.fromEntries([...values].map(([{ name }, data]) => [name, data])) };
}
