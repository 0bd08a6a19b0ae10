import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { gelu } from '../activations.ts';
import { convolution, type Forward, type Layer, layerNorm, linear, type Parameters } from '../layers.ts';
import { normal, truncated } from '../parameters.ts';
import type { MakeBackbone } from './backbone.ts';

interface Shape {
  depth: number;
  width: number;
  heads: number;
  /** Side of a patch, pixels. */
  patch: number;
}

const initial = truncated(0.02);

/**
 * Vision Transformer (Dosovitskiy et al., 2021) as timm builds it, without dropout: the class token, normalised, is the feature. The
 * side of the images is a multiple of the patch's.
 */
export function vit({ depth, width, heads, patch }: Shape): MakeBackbone {
  return (parameters) => {
    const side = Math.floor(parameters.imageSize / patch);
    const tokens = side * side + 1;
    const start = parameters.plain('cls_token', [1, 1, width], normal(1e-6), { small: true });
    const places = parameters.plain('pos_embed', [1, tokens, width], initial, { small: true });
    const embed = convolution(parameters, 'patch_embed.proj', {
      ...{ kernel: patch, stride: patch, padding: 0, input: 3, output: width, initial },
    });
    const blocks: Layer<Tensor3D>[] = [];
    for (let i = 0; i < depth; i++) {
      parameters.depth++;
      blocks.push(block(parameters, `blocks.${i}`, width, heads));
    }
    const last = layerNorm<Tensor3D>(parameters, 'norm', width);
    return {
      features: width,
      apply: (forward, pictures) => {
        const batch = pictures.shape[0];
        const patches = tf.reshape(embed(forward, pictures), [batch, side * side, width]);
        const { context } = forward;
        const first = tf.add(tf.zeros([batch, 1, width]), context.read(start));
        const all = tf.add(tf.concat([first, patches], 1), context.read(places)) as Tensor3D;
        const x = blocks.reduce((value, layer) => layer(forward, value), all);
        return tf.reshape(tf.slice(last(forward, x), [0, 0, 0], [batch, 1, width]), [batch, width]);
      },
    };
  };
}

function block(parameters: Parameters, name: string, width: number, heads: number): Layer<Tensor3D> {
  const before = layerNorm<Tensor3D>(parameters, `${name}.norm1`, width);
  const attend = attention(parameters, `${name}.attn`, width, heads);
  const after = layerNorm<Tensor3D>(parameters, `${name}.norm2`, width);
  const widen = linear<Tensor3D>(parameters, `${name}.mlp.fc1`, width, 4 * width, { initial });
  const narrow = linear<Tensor3D>(parameters, `${name}.mlp.fc2`, 4 * width, width, { initial });
  return (forward, x) => {
    const mixed = tf.add(x, attend(forward, before(forward, x))) as Tensor3D;
    return tf.add(mixed, narrow(forward, gelu(widen(forward, after(forward, mixed)))));
  };
}

/** Multi-head self-attention (Vaswani et al., 2017) over [batch, tokens, width]. */
function attention(parameters: Parameters, name: string, width: number, heads: number): Layer<Tensor3D> {
  const project = linear<Tensor3D>(parameters, `${name}.qkv`, width, 3 * width, { initial });
  const output = linear<Tensor3D>(parameters, `${name}.proj`, width, width, { initial });
  const size = width / heads;
  return (forward: Forward, x) => {
    const [batch, tokens] = x.shape;
    const all = project(forward, x);
    const [query, key, value] = [0, 1, 2].map((part) => {
      const own = tf.slice(all, [0, 0, part * width], [batch, tokens, width]);
      return tf.transpose(tf.reshape(own, [batch, tokens, heads, size]), [0, 2, 1, 3]) as Tensor4D;
    }) as [Tensor4D, Tensor4D, Tensor4D];
    const scores = tf.matMul(tf.mul(query, size ** -0.5) as Tensor4D, key, false, true);
    const mixed = tf.matMul(tf.softmax(scores), value);
    return output(forward, tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, tokens, width]));
  };
}
