import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../base/random.ts';
import type { StepContext, Variable } from '../tensor/index.ts';
import { batchNorm, biasAdd, conv2d, relu } from '../tensor/index.ts';

/** A weight, with the name that torchvision gives it, so that weights can be exchanged. */
export interface Parameter extends Variable {
  readonly trainable: boolean;
}

/** Makes the parameters of a network and keeps them in the order of their making. */
export class Parameters {
  readonly all: Parameter[] = [];
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Kaiming normal, fan out, for ReLU (He et al., 2015): what torchvision's ResNet starts from. [kernel, kernel, in, out] */
  convolution(name: string, kernel: number, input: number, output: number): Parameter {
    const deviation = Math.sqrt(2 / (kernel * kernel * output));
    return this.make(name, [kernel, kernel, input, output], true, (random, values) => {
      for (let i = 0; i < values.length; i++) values[i] = random.normal(0, deviation);
    });
  }

  /** Uniform within ±1/√in: torch.nn.Linear's. */
  uniform(name: string, shape: number[], fanIn: number): Parameter {
    const bound = 1 / Math.sqrt(fanIn);
    return this.make(name, shape, true, (random, values) => {
      for (let i = 0; i < values.length; i++) values[i] = random.uniform(-bound, bound);
    });
  }

  constant(name: string, shape: number[], value: number, trainable: boolean): Parameter {
    return this.make(name, shape, trainable, (_, values) => values.fill(value));
  }

  private make(
    name: string,
    shape: number[],
    trainable: boolean,
    fill: (random: Random, values: Float32Array) => void,
  ): Parameter {
    const initial = () => {
      const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
      fill(new Random(this.seed, 'init', name), values);
      return values;
    };
    const parameter = { name, shape, trainable, initial };
    this.all.push(parameter);
    return parameter;
  }
}

/** What a forward pass is told. */
export interface Forward {
  context: StepContext;
  /** Batch statistics and dropout, or moving averages and none. */
  training: boolean;
}

/** As torch.nn.BatchNorm2d. */
const EPSILON = 1e-5;
const MOMENTUM = 0.1;

export interface ConvolutionNorm {
  (forward: Forward, x: Tensor4D): Tensor4D;
  output: number;
}

/** Convolution without bias, batch normalisation and, unless `linear`, ReLU. */
export function convolutionNorm(
  parameters: Parameters,
  names: { convolution: string; norm: string },
  shape: { kernel: number; stride: number; input: number; output: number },
  linear = false,
): ConvolutionNorm {
  const { kernel, stride, input, output } = shape;
  const filter = parameters.convolution(`${names.convolution}.weight`, kernel, input, output);
  const scale = parameters.constant(`${names.norm}.weight`, [output], 1, true);
  const offset = parameters.constant(`${names.norm}.bias`, [output], 0, true);
  const mean = parameters.constant(`${names.norm}.running_mean`, [output], 0, false);
  const variance = parameters.constant(`${names.norm}.running_var`, [output], 1, false);
  const padding = (kernel - 1) >> 1;
  const layer = ({ context, training }: Forward, x: Tensor4D): Tensor4D => {
    const read = <T extends tf.Tensor>(parameter: Parameter) => context.read(parameter) as T;
    if (training) {
      const convolved = conv2d(x, read<Tensor4D>(filter), { stride, padding });
      const normed = batchNorm(convolved, read<Tensor1D>(scale), read<Tensor1D>(offset), EPSILON);
      context.add(mean, tf.mul(tf.sub(normed.mean, context.read(mean)), MOMENTUM));
      context.add(variance, tf.mul(tf.sub(normed.variance, context.read(variance)), MOMENTUM));
      return linear ? normed.y : relu(normed.y);
    }
    // The moving averages are constants of the pass: folded into the filter, normalisation costs no pass over the picture.
    const factor = tf.mul(read<Tensor1D>(scale), tf.rsqrt(tf.add(read(variance), EPSILON)));
    const folded = tf.mul(read<Tensor4D>(filter), factor) as Tensor4D;
    const bias = tf.sub(read(offset), tf.mul(read(mean), factor)) as Tensor1D;
    const y = biasAdd(conv2d(x, folded, { stride, padding }), bias);
    return linear ? y : relu(y);
  };
  return Object.assign(layer, { output });
}

/** Affine map of [batch, in] to [batch, out]: torch.nn.Linear, the weight kept as [in, out]. */
export function linear(parameters: Parameters, name: string, input: number, output: number) {
  const weight = parameters.uniform(`${name}.weight`, [input, output], input);
  const bias = parameters.uniform(`${name}.bias`, [output], input);
  return ({ context }: Forward, x: Tensor2D): Tensor2D =>
    tf.add(tf.matMul(x, context.read(weight) as Tensor2D), context.read(bias)) as Tensor2D;
}

/** Sets each value to zero with probability `rate` and scales the others by 1/(1 − rate) (Srivastava et al., 2014). */
export function dropout({ context, training }: Forward, x: Tensor2D, rate: number, name: string): Tensor2D {
  if (!training || rate === 0) return x;
  const kept = tf.cast(tf.greaterEqual(context.uniform(x.shape, name), rate), 'float32');
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate))) as Tensor2D;
}
