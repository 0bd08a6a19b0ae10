import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sigmoid, silu } from '../activations.ts';
import { convolutionNorm, type Layer } from '../layers.ts';
import type { MakeBackbone } from './backbone.ts';
import { invertedResidual } from './inverted-residual.ts';

/** Expansion, kernel, stride of the first block, width, blocks. */
const STAGES = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

const LAST = 1280;

/** EfficientNet-B0 (Tan and Le, 2019) as torchvision builds it, without stochastic depth, up to its pooled 1,280 features. */
export const efficientnet: MakeBackbone = (parameters) => {
  const named = (name: string) => ({ convolution: `${name}.0`, norm: `${name}.1` });
  const layers: Layer[] = [
    convolutionNorm(
      parameters,
      named('features.0'),
      { kernel: 3, stride: 2, input: 3, output: 32 },
      { activation: silu },
    ),
  ];
  let input = 32;
  for (const [index, [expansion, kernel, first, output, blocks]] of STAGES.entries()) {
    for (let i = 0; i < blocks; i++) {
      parameters.depth++;
      layers.push(
        invertedResidual(parameters, `features.${index + 1}.${i}`, {
          ...{ kernel, stride: i === 0 ? first : 1, input, hidden: input * expansion, output },
          activation: silu,
          squeezed: Math.max(1, input >> 2),
          gates: { squeeze: silu, excite: sigmoid },
        }),
      );
      input = output;
    }
  }
  parameters.depth++;
  layers.push(
    convolutionNorm(
      parameters,
      named(`features.${STAGES.length + 1}`),
      { kernel: 1, stride: 1, input, output: LAST },
      { activation: silu },
    ),
  );
  return {
    features: LAST,
    apply: (forward, pictures) =>
      tf.mean(
        layers.reduce((x, layer) => layer(forward, x), pictures),
        [1, 2],
      ) as Tensor2D,
  };
};
