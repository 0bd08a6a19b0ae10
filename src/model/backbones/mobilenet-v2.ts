import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { relu6 } from '../activations.ts';
import { convolutionNorm, type Layer, type Parameters } from '../layers.ts';
import type { MakeBackbone } from './backbone.ts';

/** Expansion, width, blocks, stride of the first. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const LAST = 1280;
const activation = relu6;

/** MobileNetV2 (Sandler et al., 2018) at width 1 as torchvision builds it, up to its pooled 1,280 features. */
export const mobilenetV2: MakeBackbone = (parameters) => {
  const named = (name: string) => ({ convolution: `${name}.0`, norm: `${name}.1` });
  const layers: Layer[] = [
    convolutionNorm(
      parameters,
      named('features.0'),
      { kernel: 3, stride: 2, input: 3, output: 32 },
      { activation },
    ),
  ];
  let input = 32;
  for (const [expansion, output, blocks, first] of STAGES) {
    for (let i = 0; i < blocks; i++) {
      parameters.depth++;
      const stride = i === 0 ? first : 1;
      layers.push(block(parameters, `features.${layers.length}`, { input, expansion, output, stride }));
      input = output;
    }
  }
  parameters.depth++;
  layers.push(
    convolutionNorm(
      parameters,
      named(`features.${layers.length}`),
      { kernel: 1, stride: 1, input, output: LAST },
      { activation },
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

/** Inverted residual: widen, filter each channel, narrow without an activation. */
function block(
  parameters: Parameters,
  name: string,
  { input, expansion, output, stride }: { input: number; expansion: number; output: number; stride: number },
): Layer {
  const hidden = input * expansion;
  const layers: Layer[] = [];
  const next = () => `${name}.conv.${layers.length}`;
  const pair = () => ({ convolution: `${next()}.0`, norm: `${next()}.1` });
  if (expansion !== 1)
    layers.push(
      convolutionNorm(parameters, pair(), { kernel: 1, stride: 1, input, output: hidden }, { activation }),
    );
  layers.push(
    convolutionNorm(
      parameters,
      pair(),
      { kernel: 3, stride, input: hidden, output: hidden, depthwise: true },
      { activation },
    ),
  );
  layers.push(
    convolutionNorm(
      parameters,
      { convolution: next(), norm: `${name}.conv.${layers.length + 1}` },
      { kernel: 1, stride: 1, input: hidden, output },
      { activation: 'none' },
    ),
  );
  return (forward, x) => {
    const y = layers.reduce((value, layer) => layer(forward, value), x);
    return stride === 1 && input === output ? tf.add(x, y) : y;
  };
}
