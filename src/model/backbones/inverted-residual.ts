import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../activations.ts';
import { convolutionNorm, type Layer, type NormOptions, type Parameters, squeezeExcite } from '../layers.ts';

/** A block of MobileNetV3 or EfficientNet. */
export interface InvertedResidual {
  kernel: number;
  stride: number;
  input: number;
  /** Width between the two ends. */
  hidden: number;
  output: number;
  activation: Activation;
  /** Width of squeeze-and-excitation; left out: none. */
  squeezed?: number;
  gates: { squeeze: Activation; excite: Activation };
  norm?: NormOptions;
}

/** Widen, filter each channel, weigh the channels, narrow; named as torchvision names them. */
export function invertedResidual(parameters: Parameters, name: string, shape: InvertedResidual): Layer {
  const { kernel, stride, input, hidden, output, activation, squeezed, gates, norm } = shape;
  const layers: Layer[] = [];
  const next = () => `${name}.block.${layers.length}`;
  const pair = () => ({ convolution: `${next()}.0`, norm: `${next()}.1` });
  if (hidden !== input)
    layers.push(
      convolutionNorm(
        parameters,
        pair(),
        { kernel: 1, stride: 1, input, output: hidden },
        { ...norm, activation },
      ),
    );
  layers.push(
    convolutionNorm(
      parameters,
      pair(),
      { kernel, stride, input: hidden, output: hidden, depthwise: true },
      { ...norm, activation },
    ),
  );
  if (squeezed !== undefined)
    layers.push(
      squeezeExcite(
        parameters,
        { squeeze: `${next()}.fc1`, excite: `${next()}.fc2` },
        { channels: hidden, squeezed },
        gates,
      ),
    );
  layers.push(
    convolutionNorm(
      parameters,
      pair(),
      { kernel: 1, stride: 1, input: hidden, output },
      { ...norm, activation: 'none' },
    ),
  );
  return (forward, x) => {
    const y = layers.reduce((value, layer) => layer(forward, value), x);
    return stride === 1 && input === output ? tf.add(x, y) : y;
  };
}
