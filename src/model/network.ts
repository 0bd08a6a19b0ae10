import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { backboneOf } from './backbones/index.ts';
import type { ModelConfig } from './config.ts';
import { genderHead } from './heads/gender.ts';
import { type IdentityHead, type IdentityOutput, identityHead } from './heads/identity.ts';
import { type Forward, type Parameter, Parameters } from './layers.ts';
import { constant } from './parameters.ts';
import { imagenet, type Preprocess } from './preprocess.ts';

export interface NetworkOptions {
  model: ModelConfig['model'];
  loss: ModelConfig['loss'];
  imageSize: number;
  identities: number;
  seed: number;
  /** ImageNet's where left out. */
  preprocess?: Preprocess;
}

export interface NetworkOutput extends IdentityOutput {
  /** Logit of Female [batch]. */
  gender: tf.Tensor1D;
}

export interface Network {
  parameters: Parameter[];
  /** Layers of the backbone. */
  depth: number;
  identity: IdentityHead;
  /** Logarithms of the tasks' variances, where the balance of the losses learns them: shape [1]. */
  variances?: { gender: Parameter; identity: Parameter };
  /** Images [batch, height, width, 3], 0 … 255. */
  apply(forward: Forward, images: Tensor4D): NetworkOutput;
  /** What the backbone makes of them [batch, width]; with `heads` it is `apply`. */
  features(forward: Forward, images: Tensor4D): Tensor2D;
  heads(forward: Forward, features: Tensor2D): NetworkOutput;
}

/** One shared backbone, one head a task. */
export function network(options: NetworkOptions): Network {
  const { model, loss, identities, seed, imageSize, preprocess = imagenet } = options;
  const parameters = new Parameters(seed, imageSize);
  const body = backboneOf(model)(parameters);
  const depth = ++parameters.depth;
  const gender = genderHead(parameters, body.features, model.heads.gender);
  const identity = identityHead(parameters, body.features, identities, model.heads.identity, loss);
  const variance = (task: string) => parameters.plain(`balance.${task}`, [1], constant(0));
  const variances =
    loss.balance === 'uncertainty'
      ? { gender: variance('gender'), identity: variance('identity') }
      : undefined;
  const features = (forward: Forward, images: Tensor4D) => body.apply(forward, normalise(images, preprocess));
  const heads = (forward: Forward, found: Tensor2D) => ({
    gender: gender(forward, found),
    ...identity.apply(forward, found),
  });
  return {
    parameters: parameters.all,
    depth,
    identity,
    ...(variances ? { variances } : {}),
    features,
    heads,
    apply: (forward, images) => heads(forward, features(forward, images)),
  };
}

/** Row by row: spreading three numbers over an image's pixels one pixel at a time takes four times as long. */
function normalise(pictures: Tensor4D, { mean, std }: Preprocess): Tensor4D {
  const [batch, height, width, channels] = pictures.shape;
  const row = (values: number[]) => tf.tensor1d(Array.from({ length: width }, () => values).flat());
  const rows = tf.reshape(pictures, [batch * height, width * channels]) as Tensor2D;
  const shifted = tf.sub(rows, row(mean.map((value) => value * 255)));
  const normalised = tf.mul(shifted, row(std.map((value) => 1 / (value * 255))));
  return tf.reshape(normalised, pictures.shape);
}
