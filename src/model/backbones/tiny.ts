import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { convolutionNorm } from '../layers.ts';
import type { MakeBackbone } from './backbone.ts';

const WIDTHS = [16, 32, 64] as const;

/** Three convolutions of stride 2, for tests and first steps: it trains in seconds and is not meant to score. */
export const tiny: MakeBackbone = (parameters) => {
  const layers = WIDTHS.map((output, index) => {
    parameters.depth++;
    return convolutionNorm(
      parameters,
      { convolution: `layer${index + 1}.0`, norm: `layer${index + 1}.1` },
      { kernel: 3, stride: 2, input: WIDTHS[index - 1] ?? 3, output },
    );
  });
  return {
    features: WIDTHS.at(-1)!,
    apply: (forward, pictures) =>
      tf.mean(
        layers.reduce((x, layer) => layer(forward, x), pictures),
        [1, 2],
      ) as Tensor2D,
  };
};
