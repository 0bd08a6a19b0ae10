import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { hardSigmoid, hardSwish, relu } from '../activations.ts';
import { convolutionNorm, type Layer, linear } from '../layers.ts';
import { normal } from '../parameters.ts';
import type { MakeBackbone } from './backbone.ts';
import { invertedResidual } from './inverted-residual.ts';

/** Kernel, hidden width, output width, squeeze-and-excitation, hard swish, stride. */
const BLOCKS = [
  [3, 16, 16, true, false, 2],
  [3, 72, 24, false, false, 2],
  [3, 88, 24, false, false, 1],
  [5, 96, 40, true, true, 2],
  [5, 240, 40, true, true, 1],
  [5, 240, 40, true, true, 1],
  [5, 120, 48, true, true, 1],
  [5, 144, 48, true, true, 1],
  [5, 288, 96, true, true, 2],
  [5, 576, 96, true, true, 1],
  [5, 576, 96, true, true, 1],
] as const;

const LAST = 576;
const FEATURES = 1024;
const norm = { epsilon: 0.001, momentum: 0.01 };

/** The multiple of 8 next to a width, never below nine tenths of it. */
function ofEight(width: number): number {
  const near = Math.max(8, Math.floor((width + 4) / 8) * 8);
  return near < 0.9 * width ? near + 8 : near;
}

/** MobileNetV3 small (Howard et al., 2019) as torchvision builds it, up to the 1,024 features before its last layer. */
export const mobilenetV3: MakeBackbone = (parameters) => {
  const named = (name: string) => ({ convolution: `${name}.0`, norm: `${name}.1` });
  const layers: Layer[] = [
    convolutionNorm(
      parameters,
      named('features.0'),
      { kernel: 3, stride: 2, input: 3, output: 16 },
      { ...norm, activation: hardSwish },
    ),
  ];
  let input = 16;
  for (const [kernel, hidden, output, excites, hard, stride] of BLOCKS) {
    parameters.depth++;
    layers.push(
      invertedResidual(parameters, `features.${layers.length}`, {
        ...{ kernel, stride, input, hidden, output, norm },
        activation: hard ? hardSwish : relu,
        squeezed: excites ? ofEight(hidden / 4) : undefined,
        gates: { squeeze: relu, excite: hardSigmoid },
      }),
    );
    input = output;
  }
  parameters.depth++;
  layers.push(
    convolutionNorm(
      parameters,
      named(`features.${layers.length}`),
      { kernel: 1, stride: 1, input, output: LAST },
      { ...norm, activation: hardSwish },
    ),
  );
  const widen = linear(parameters, 'classifier.0', LAST, FEATURES, { initial: normal(0.01) });
  return {
    features: FEATURES,
    apply: (forward, pictures) => {
      const map = layers.reduce((x, layer) => layer(forward, x), pictures);
      return hardSwish(widen(forward, tf.mean(map, [1, 2]) as Tensor2D));
    },
  };
};
