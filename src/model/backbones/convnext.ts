import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { gelu } from '../activations.ts';
import { convolution, type Layer, layerNorm, linear, type Parameters } from '../layers.ts';
import { constant, truncated } from '../parameters.ts';
import type { MakeBackbone } from './backbone.ts';

const initial = truncated(0.02);

/**
 * ConvNeXt (Liu et al., 2022) as torchvision builds it, without stochastic depth, up to the normalised features before its classifier.
 */
export function convnext({
  depths,
  widths,
}: {
  depths: readonly number[];
  widths: readonly number[];
}): MakeBackbone {
  return (parameters) => {
    const layers: Layer[] = [
      convolution(parameters, 'features.0.0', {
        ...{ kernel: 4, stride: 4, padding: 0, input: 3, output: widths[0]!, initial },
      }),
      layerNorm(parameters, 'features.0.1', widths[0]!),
    ];
    for (const [stage, depth] of depths.entries()) {
      const width = widths[stage]!;
      if (stage > 0) {
        const name = `features.${2 * stage}`;
        const input = widths[stage - 1]!;
        layers.push(layerNorm(parameters, `${name}.0`, input));
        layers.push(
          convolution(parameters, `${name}.1`, {
            ...{ kernel: 2, stride: 2, padding: 0, input, output: width, initial },
          }),
        );
      }
      for (let i = 0; i < depth; i++) {
        parameters.depth++;
        layers.push(block(parameters, `features.${2 * stage + 1}.${i}`, width));
      }
    }
    const features = widths.at(-1)!;
    const last = layerNorm<Tensor2D>(parameters, 'classifier.0', features);
    return {
      features,
      apply: (forward, pictures) =>
        last(
          forward,
          tf.mean(
            layers.reduce((x, layer) => layer(forward, x), pictures),
            [1, 2],
          ) as Tensor2D,
        ),
    };
  };
}

function block(parameters: Parameters, name: string, width: number): Layer {
  const filter = convolution(parameters, `${name}.block.0`, {
    ...{ kernel: 7, stride: 1, input: width, output: width, depthwise: true, initial },
  });
  const normalise = layerNorm<Tensor4D>(parameters, `${name}.block.2`, width);
  const widen = linear<Tensor4D>(parameters, `${name}.block.3`, width, 4 * width, { initial });
  const narrow = linear<Tensor4D>(parameters, `${name}.block.5`, 4 * width, width, { initial });
  const scale = parameters.plain(`${name}.layer_scale`, [width], constant(1e-6), {
    torch: [width, 1, 1],
    small: true,
  });
  return (forward, x) => {
    const y = narrow(forward, gelu(widen(forward, normalise(forward, filter(forward, x)))));
    return tf.add(x, tf.mul(y, forward.context.read(scale)));
  };
}
