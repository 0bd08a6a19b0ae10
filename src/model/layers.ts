import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { StepContext } from '../tensor/index.ts';
import { batchNorm, biasAdd, conv2d, depthwiseConv2d } from '../tensor/index.ts';
import { type Activation, relu } from './activations.ts';
import { constant, type Initial, type Parameter, type Parameters, uniform } from './parameters.ts';

export type { Parameter } from './parameters.ts';
export { Parameters } from './parameters.ts';

/** What a forward pass is told. */
export interface Forward {
  context: StepContext;
  /** Batch statistics and dropout, or moving averages and none. */
  training: boolean;
  /** Parameters that do not learn: their normalisation keeps its moving averages also in training. */
  frozen?: (parameter: Parameter) => boolean;
}

/** A layer: a map of one tensor. */
export type Layer<In extends tf.Tensor = Tensor4D, Out extends tf.Tensor = In> = (
  forward: Forward,
  x: In,
) => Out;

/** Constants of a batch normalisation; torch.nn.BatchNorm2d's where left out. */
export interface NormOptions {
  epsilon?: number;
  momentum?: number;
}

interface Norm {
  scale: Parameter;
  offset: Parameter;
  mean: Parameter;
  variance: Parameter;
  epsilon: number;
  momentum: number;
}

function normParameters(
  parameters: Parameters,
  name: string,
  channels: number,
  { epsilon = 1e-5, momentum = 0.1, learns = true }: NormOptions & { learns?: boolean } = {},
): Norm {
  const make = (part: string, value: number, trainable: boolean) =>
    parameters.plain(`${name}.${part}`, [channels], constant(value), { trainable });
  return {
    scale: make('weight', 1, learns),
    offset: make('bias', 0, true),
    mean: make('running_mean', 0, false),
    variance: make('running_var', 1, false),
    epsilon,
    momentum,
  };
}

const usesBatch = ({ training, frozen }: Forward, { offset }: Norm) => training && !frozen?.(offset);

const read = <T extends tf.Tensor>({ context }: Forward, parameter: Parameter) =>
  context.read(parameter) as T;

/** Normalises by the batch and moves the averages towards its statistics. */
function normaliseBatch(forward: Forward, x: Tensor4D, norm: Norm): Tensor4D {
  const { context } = forward;
  const { mean, variance, momentum } = norm;
  const normed = batchNorm(
    x,
    read<Tensor1D>(forward, norm.scale),
    read<Tensor1D>(forward, norm.offset),
    norm.epsilon,
  );
  context.add(mean, tf.mul(tf.sub(normed.mean, context.read(mean)), momentum));
  context.add(variance, tf.mul(tf.sub(normed.variance, context.read(variance)), momentum));
  return normed.y;
}

/** What the moving averages make of x: x × factor + bias, both [channels]. */
function folded(forward: Forward, norm: Norm): { factor: Tensor1D; bias: Tensor1D } {
  const factor = tf.mul(
    read<Tensor1D>(forward, norm.scale),
    tf.rsqrt(tf.add(read(forward, norm.variance), norm.epsilon)),
  ) as Tensor1D;
  const bias = tf.sub(read(forward, norm.offset), tf.mul(read(forward, norm.mean), factor)) as Tensor1D;
  return { factor, bias };
}

export interface ConvolutionNorm {
  (forward: Forward, x: Tensor4D): Tensor4D;
  output: number;
}

export interface ConvolutionShape {
  kernel: number;
  stride: number;
  input: number;
  output: number;
  /** Each channel by itself. */
  depthwise?: boolean;
}

/** Convolution without bias (padded to keep the size at stride 1), batch normalisation and an activation, ReLU if none is named. */
export function convolutionNorm(
  parameters: Parameters,
  names: { convolution: string; norm: string },
  shape: ConvolutionShape,
  options: NormOptions & { activation?: Activation | 'none' } = {},
): ConvolutionNorm {
  const { kernel, stride, input, output, depthwise = false } = shape;
  const filter = depthwise
    ? parameters.depthwise(`${names.convolution}.weight`, kernel, output)
    : parameters.convolution(`${names.convolution}.weight`, kernel, input, output);
  const norm = normParameters(parameters, names.norm, output, options);
  const { activation = relu } = options;
  const activate = (x: Tensor4D) => (activation === 'none' ? x : activation(x));
  const padding = (kernel - 1) >> 1;
  const convolve = depthwise ? depthwiseConv2d : conv2d;
  const layer = (forward: Forward, x: Tensor4D): Tensor4D => {
    const weights = read<Tensor4D>(forward, filter);
    if (usesBatch(forward, norm))
      return activate(normaliseBatch(forward, convolve(x, weights, { stride, padding }), norm));
    // The moving averages are constants of the pass: folded into the filter, normalisation costs no pass over the image.
    const { factor, bias } = folded(forward, norm);
    const spread = depthwise ? tf.reshape(factor, [output, 1]) : factor;
    const filters = tf.mul(weights, spread) as Tensor4D;
    return activate(biasAdd(convolve(x, filters, { stride, padding }), bias));
  };
  return Object.assign(layer, { output });
}

/** A convolution by itself: torch.nn.Conv2d. */
export function convolution(
  parameters: Parameters,
  name: string,
  shape: ConvolutionShape & { padding?: number; bias?: boolean; initial?: Initial },
): Layer {
  const { kernel, stride, input, output, depthwise = false, bias = true, initial } = shape;
  const { padding = (kernel - 1) >> 1 } = shape;
  const filter = depthwise
    ? parameters.depthwise(`${name}.weight`, kernel, output, initial)
    : parameters.convolution(`${name}.weight`, kernel, input, output, initial);
  const offset = bias ? parameters.plain(`${name}.bias`, [output], constant(0)) : undefined;
  const convolve = depthwise ? depthwiseConv2d : conv2d;
  return (forward, x) => {
    const y = convolve(x, read<Tensor4D>(forward, filter), { stride, padding });
    return offset ? biasAdd(y, read<Tensor1D>(forward, offset)) : y;
  };
}

/** Batch normalisation by itself; `learns: false` keeps its scale at 1, as insightface does of the embedding's. */
export function norm(
  parameters: Parameters,
  name: string,
  channels: number,
  options: NormOptions & { learns?: boolean } = {},
): Layer {
  const made = normParameters(parameters, name, channels, options);
  return (forward, x) => {
    if (usesBatch(forward, made)) return normaliseBatch(forward, x, made);
    const { factor, bias } = folded(forward, made);
    return tf.add(tf.mul(x, factor), bias) as Tensor4D;
  };
}

/** Batch normalisation of [batch, channels]: torch.nn.BatchNorm1d. */
export function norm1d(
  parameters: Parameters,
  name: string,
  channels: number,
  options: NormOptions & { learns?: boolean } = {},
): Layer<Tensor2D> {
  const layer = norm(parameters, name, channels, options);
  return (forward, x) =>
    tf.reshape(layer(forward, tf.reshape(x, [x.shape[0], 1, 1, channels])), [x.shape[0], channels]);
}

/** Normalisation over the channels of each place (Ba et al., 2016). x: […, channels]. */
export function layerNorm<T extends tf.Tensor>(
  parameters: Parameters,
  name: string,
  channels: number,
  epsilon = 1e-6,
): Layer<T> {
  const scale = parameters.plain(`${name}.weight`, [channels], constant(1));
  const offset = parameters.plain(`${name}.bias`, [channels], constant(0));
  return (forward, x) => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    const normed = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(normed, read(forward, scale)), read(forward, offset)) as T;
  };
}

/** Affine map of […, in] to […, out]: torch.nn.Linear, the weight kept as [in, out]. */
export function linear<T extends tf.Tensor = Tensor2D>(
  parameters: Parameters,
  name: string,
  input: number,
  output: number,
  options: { bias?: boolean; initial?: Initial } = {},
): Layer<T> {
  const { bias = true, initial = uniform(input) } = options;
  const weight = parameters.matrix(`${name}.weight`, input, output, initial);
  const offset = bias
    ? parameters.plain(`${name}.bias`, [output], options.initial ? constant(0) : uniform(input))
    : undefined;
  return (forward, x) => {
    const rows = x.rank === 2 ? (x as tf.Tensor as Tensor2D) : tf.reshape(x, [x.size / input, input]);
    const y = tf.matMul(rows as Tensor2D, read<Tensor2D>(forward, weight));
    const moved = offset ? tf.add(y, read(forward, offset)) : y;
    return (x.rank === 2 ? moved : tf.reshape(moved, [...x.shape.slice(0, -1), output])) as T;
  };
}

/** A slope a channel for values below 0 (He et al., 2015): torch.nn.PReLU. */
export function prelu(parameters: Parameters, name: string, channels: number): Layer {
  const slope = parameters.plain(`${name}.weight`, [channels], constant(0.25));
  return (forward, x) =>
    tf.sub(relu(x), tf.mul(relu(tf.neg(x) as Tensor4D), read(forward, slope))) as Tensor4D;
}

/** Channels weighted by what the whole image holds (Hu et al., 2018). x: [batch, height, width, channels]. */
export function squeezeExcite(
  parameters: Parameters,
  names: { squeeze: string; excite: string },
  { channels, squeezed }: { channels: number; squeezed: number },
  activations: { squeeze: Activation; excite: Activation },
): Layer {
  const squeeze = convolution(parameters, names.squeeze, {
    kernel: 1,
    stride: 1,
    input: channels,
    output: squeezed,
  });
  const excite = convolution(parameters, names.excite, {
    kernel: 1,
    stride: 1,
    input: squeezed,
    output: channels,
  });
  return (forward, x) => {
    const pooled = tf.mean(x, [1, 2], true) as Tensor4D;
    const hidden = activations.squeeze(squeeze(forward, pooled));
    return tf.mul(x, activations.excite(excite(forward, hidden))) as Tensor4D;
  };
}

/** Sets each value to zero with probability `rate` and scales the others by 1/(1 − rate) (Srivastava et al., 2014). */
export function dropout({ context, training }: Forward, x: Tensor2D, rate: number, name: string): Tensor2D {
  if (!training || rate === 0) return x;
  const kept = tf.cast(tf.greaterEqual(context.uniform(x.shape, name), rate), 'float32');
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate))) as Tensor2D;
}
