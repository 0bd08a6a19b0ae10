import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { maxPool } from '../../tensor/index.ts';
import { relu } from '../activations.ts';
import { convolution, type Layer, norm } from '../layers.ts';
import type { MakeBackbone } from './backbone.ts';

const WIDTHS = [64, 128, 256, 512, 512] as const;

/**
 * VGG with batch normalisation (Simonyan and Zisserman, 2015) as torchvision builds it, up to its last pooling; the mean over the
 * image stands in place of its three fully connected layers, which hold six sevenths of its weights.
 */
export function vgg(depths: readonly number[]): MakeBackbone {
  return (parameters) => {
    const layers: Layer[] = [];
    let index = 0;
    let input = 3;
    for (const [stage, depth] of depths.entries()) {
      const output = WIDTHS[stage]!;
      for (let i = 0; i < depth; i++) {
        parameters.depth++;
        const filter = convolution(parameters, `features.${index}`, { kernel: 3, stride: 1, input, output });
        const normalise = norm(parameters, `features.${index + 1}`, output);
        layers.push((forward, x) => relu(normalise(forward, filter(forward, x))));
        input = output;
        index += 3;
      }
      layers.push((_, x) => maxPool(x, 2, 2, 0));
      index++;
    }
    return {
      features: input,
      apply: (forward, pictures) =>
        tf.mean(
          layers.reduce((x, layer) => layer(forward, x), pictures),
          [1, 2],
        ) as Tensor2D,
    };
  };
}
