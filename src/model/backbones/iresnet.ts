import * as tf from '@tensorflow/tfjs-core';
import { convolutionNorm, type Layer, linear, norm, norm1d, type Parameters, prelu } from '../layers.ts';
import { normal } from '../parameters.ts';
import type { MakeBackbone } from './backbone.ts';

const WIDTHS = [64, 128, 256, 512] as const;
const EMBEDDING = 512;

/**
 * The improved ResNet of ArcFace (Deng et al., 2019) as insightface builds it: the stem keeps the size, blocks begin with a
 * normalisation and end without an activation, and a layer over the whole map gives 512 normalised features.
 */
export function iresnet(depths: readonly number[]): MakeBackbone {
  return (parameters) => {
    const stem = convolutionNorm(
      parameters,
      { convolution: 'conv1', norm: 'bn1' },
      { kernel: 3, stride: 1, input: 3, output: 64 },
      { activation: 'none' },
    );
    const rectify = prelu(parameters, 'prelu', 64);
    const layers: Layer[] = [(forward, x) => rectify(forward, stem(forward, x))];
    let input = 64;
    for (const [stage, output] of WIDTHS.entries())
      for (let i = 0; i < depths[stage]!; i++) {
        parameters.depth++;
        const stride = i === 0 ? 2 : 1;
        layers.push(block(parameters, `layer${stage + 1}.${i}`, { input, output, stride }));
        input = output;
      }
    parameters.depth++;
    layers.push(norm(parameters, 'bn2', input));
    const side = Math.ceil(parameters.imageSize / 16);
    const embed = linear(parameters, 'fc', input * side * side, EMBEDDING, { initial: normal(0.01) });
    const normalise = norm1d(parameters, 'features', EMBEDDING, { learns: false });
    return {
      features: EMBEDDING,
      apply: (forward, pictures) => {
        const map = layers.reduce((x, layer) => layer(forward, x), pictures);
        // Flattened channel by channel, as the published weights of fc expect.
        const flat = tf.reshape(tf.transpose(map, [0, 3, 1, 2]), [map.shape[0], -1]);
        return normalise(forward, embed(forward, flat as tf.Tensor2D));
      },
    };
  };
}

function block(
  parameters: Parameters,
  name: string,
  { input, output, stride }: { input: number; output: number; stride: number },
): Layer {
  const first = norm(parameters, `${name}.bn1`, input);
  const second = convolutionNorm(
    parameters,
    { convolution: `${name}.conv1`, norm: `${name}.bn2` },
    { kernel: 3, stride: 1, input, output },
    { activation: 'none' },
  );
  const rectify = prelu(parameters, `${name}.prelu`, output);
  const third = convolutionNorm(
    parameters,
    { convolution: `${name}.conv2`, norm: `${name}.bn3` },
    { kernel: 3, stride, input: output, output },
    { activation: 'none' },
  );
  const shortcut =
    stride !== 1 || input !== output
      ? convolutionNorm(
          parameters,
          { convolution: `${name}.downsample.0`, norm: `${name}.downsample.1` },
          { kernel: 1, stride, input, output },
          { activation: 'none' },
        )
      : undefined;
  return (forward, x) => {
    const y = third(forward, rectify(forward, second(forward, first(forward, x))));
    return tf.add(y, shortcut ? shortcut(forward, x) : x);
  };
}
