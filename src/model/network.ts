import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { MakeBackbone } from './backbones/index.ts';
import { type HeadOptions, headOf } from './heads/index.ts';
import { type Forward, type Parameter, Parameters } from './layers.ts';

export interface NetworkOptions {
  backbone: MakeBackbone;
  heads: { gender: HeadOptions; identity: HeadOptions };
  identities: number;
  seed: number;
}

export interface Network {
  parameters: Parameter[];
  /**
   * Pictures [batch, height, width, 3], 0 … 255 → logits of both tasks, [batch] (Female above 0) and [batch, identities], and what
   * faces are matched by, the backbone's features [batch, features].
   */
  apply(
    forward: Forward,
    pictures: Tensor4D,
  ): { gender: tf.Tensor1D; identity: Tensor2D; embedding: Tensor2D };
}

/** ImageNet's means of RGB, in 0 … 255. */
export const MEAN = [0.485, 0.456, 0.406].map((v) => v * 255);
/** ImageNet's standard deviations of RGB, in 0 … 255. */
export const DEVIATION = [0.229, 0.224, 0.225].map((v) => v * 255);

/** One shared backbone, one head a task. */
export function network({ backbone, heads, identities, seed }: NetworkOptions): Network {
  const parameters = new Parameters(seed);
  const body = backbone(parameters);
  const gender = headOf(heads.gender)(parameters, 'gender_head', body.features, 1);
  const identity = headOf(heads.identity)(parameters, 'identity_head', body.features, identities);
  const apply = (forward: Forward, pictures: Tensor4D) => {
    const features = body.apply(forward, normalise(pictures));
    return {
      gender: tf.squeeze(gender(forward, features), [1]) as tf.Tensor1D,
      identity: identity(forward, features),
      embedding: features,
    };
  };
  return { parameters: parameters.all, apply };
}

/** Row by row: spreading three numbers over a picture's pixels one pixel at a time takes four times as long. */
function normalise(pictures: Tensor4D): Tensor4D {
  const [batch, height, width, channels] = pictures.shape;
  const row = (values: number[]) => tf.tensor1d(Array.from({ length: width }, () => values).flat());
  const rows = tf.reshape(pictures, [batch * height, width * channels]);
  const normalised = tf.mul(tf.sub(rows, row(MEAN)), row(DEVIATION.map((d) => 1 / d)));
  return tf.reshape(normalised, pictures.shape);
}
