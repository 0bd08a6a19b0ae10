import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { maxPool, relu } from '../../tensor/index.ts';
import { convolutionNorm, type Forward, type Parameters } from '../layers.ts';
import type { Backbone } from './backbone.ts';

interface Stages {
  /** Blocks of each of the four stages. */
  depths: [number, number, number, number];
  /** Bottleneck blocks of three convolutions in place of basic ones of two. */
  bottleneck: boolean;
}

const WIDTHS = [64, 128, 256, 512] as const;
const EXPANSION = 4;
const linear = { activation: 'none' } as const;

/**
 * ResNet (He et al., 2016) as torchvision builds it: names, symmetric padding, the stride of a bottleneck on its 3×3
 * convolution. Takes images [batch, height, width, 3], gives pooled features [batch, features].
 */
export function resnet({ depths, bottleneck }: Stages) {
  return (parameters: Parameters): Backbone => {
    const stem = convolutionNorm(
      parameters,
      { convolution: 'conv1', norm: 'bn1' },
      { kernel: 7, stride: 2, input: 3, output: 64 },
    );
    const blocks: Array<(forward: Forward, x: Tensor4D) => Tensor4D> = [];
    let input = 64;
    for (const [stage, width] of WIDTHS.entries()) {
      const output = bottleneck ? width * EXPANSION : width;
      for (let index = 0; index < depths[stage]!; index++) {
        const stride = index === 0 && stage > 0 ? 2 : 1;
        parameters.depth++;
        blocks.push(
          block(parameters, `layer${stage + 1}.${index}`, { input, width, output, stride, bottleneck }),
        );
        input = output;
      }
    }
    const apply = (forward: Forward, pictures: Tensor4D): Tensor2D => {
      let x = maxPool(stem(forward, pictures), 3, 2, 1);
      for (const next of blocks) x = next(forward, x);
      return tf.mean(x, [1, 2]) as Tensor2D;
    };
    return { features: input, apply };
  };
}

interface BlockShape {
  input: number;
  width: number;
  output: number;
  stride: number;
  bottleneck: boolean;
}

function block(
  parameters: Parameters,
  name: string,
  { input, width, output, stride, bottleneck }: BlockShape,
) {
  const names = (index: number) => ({ convolution: `${name}.conv${index}`, norm: `${name}.bn${index}` });
  const layers = bottleneck
    ? [
        convolutionNorm(parameters, names(1), { kernel: 1, stride: 1, input, output: width }),
        convolutionNorm(parameters, names(2), { kernel: 3, stride, input: width, output: width }),
        convolutionNorm(parameters, names(3), { kernel: 1, stride: 1, input: width, output }, linear),
      ]
    : [
        convolutionNorm(parameters, names(1), { kernel: 3, stride, input, output: width }),
        convolutionNorm(parameters, names(2), { kernel: 3, stride: 1, input: width, output }, linear),
      ];
  const shortcut =
    stride !== 1 || input !== output
      ? convolutionNorm(
          parameters,
          { convolution: `${name}.downsample.0`, norm: `${name}.downsample.1` },
          { kernel: 1, stride, input, output },
          linear,
        )
      : undefined;
  return (forward: Forward, x: Tensor4D): Tensor4D => {
    const y = layers.reduce((value, layer) => layer(forward, value), x);
    return relu(tf.add(y, shortcut ? shortcut(forward, x) : x) as Tensor4D);
  };
}
