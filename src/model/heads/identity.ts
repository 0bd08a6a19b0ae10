import * as tf from '@tensorflow/tfjs-core';
import type { IdentityHeadSpec, ModelConfig } from '../config.ts';
import { dropout, type Forward, linear, norm1d, type Parameters } from '../layers.ts';
import { identityLoss, oneHot } from '../losses/identity.ts';
import { margins } from '../losses/margin/index.ts';
import { metricLoss, pairsOf } from '../losses/metric/index.ts';
import { pluginLoss } from '../losses/plugin.ts';
import { normal } from '../parameters.ts';
import { pluginHead } from './head.ts';
import { mlp } from './mlp.ts';

/** What the head makes of features. */
export interface IdentityOutput {
  /** What faces are matched by [batch, width]: the embedding, of length 1, or the backbone's features. */
  embedding: tf.Tensor2D;
  /** Logits without a margin [batch, identities]. */
  logits: tf.Tensor2D;
  /** What metric losses compare, of length 1. */
  compared: tf.Tensor2D;
  /** The angles behind the logits, where a margin moves them. */
  angles?: { cosines: tf.Tensor2D; lengths: tf.Tensor2D };
}

/** What its losses need of a batch. */
export interface IdentityTargets {
  /** Class indices [batch]; whatever where the weight is 0. */
  labels: tf.Tensor1D;
  /** What each image counts [batch], 0 without the label; of a whole batch 1 in all. */
  weights: tf.Tensor1D;
  /** The identities that were mixed in, with their own weights. */
  other?: { labels: tf.Tensor1D; weights: tf.Tensor1D };
  /** Share of the margin that its warm-up has reached, scalar 0 … 1. */
  warmth: tf.Scalar;
}

export interface IdentityHead {
  /** Width of the embedding. */
  width: number;
  apply(forward: Forward, features: tf.Tensor2D): IdentityOutput;
  loss(forward: Forward, output: IdentityOutput, targets: IdentityTargets): tf.Scalar;
}

const NAME = 'identity_head';

/** A classifier over identities or, with an embedding, a map onto the sphere on which they lie apart. */
export function identityHead(
  parameters: Parameters,
  features: number,
  identities: number,
  spec: IdentityHeadSpec,
  loss: ModelConfig['loss'],
): IdentityHead {
  const parts =
    spec.embedding > 0
      ? embeddingHead(parameters, features, identities, spec)
      : plainHead(parameters, features, identities, spec);
  const classify = classifier(parameters, identities, spec, loss);
  const metrics = spec.metric.map((one) => ({ weight: one.weight, loss: metricLoss(one) }));
  return {
    ...parts,
    loss(forward, output, targets) {
      const losses: tf.Tensor[] = [];
      if (classify) losses.push(classify(forward, output, targets));
      if (classify && targets.other) losses.push(classify(forward, output, { ...targets, ...targets.other }));
      if (metrics.length > 0) {
        const { labels, weights } = targets;
        const labelled = tf.cast(tf.greater(weights, 0), 'float32') as tf.Tensor1D;
        const pairs = pairsOf(output.compared, labels, labelled);
        // A micro-batch counts by its share of the batch.
        const share = tf.sum(weights);
        for (const { weight, loss } of metrics) losses.push(tf.mul(tf.mul(loss(pairs), weight), share));
      }
      return losses.reduce((sum, one) => tf.add(sum, one)) as tf.Scalar;
    },
  };
}

type Parts = Pick<IdentityHead, 'width' | 'apply'>;

function plainHead(
  parameters: Parameters,
  features: number,
  identities: number,
  spec: IdentityHeadSpec,
): Parts {
  const own = pluginHead(parameters, spec, { name: NAME, features, outputs: identities });
  if (own)
    return {
      width: features,
      apply: (forward, x) => ({ embedding: x, compared: unit(x).direction, logits: own(forward, x) }),
    };
  const { hidden, last } = mlp(parameters, NAME, features, identities, spec);
  return {
    width: features,
    apply: (forward, x) => ({
      embedding: x,
      compared: unit(x).direction,
      logits: last(forward, hidden(forward, x)),
    }),
  };
}

function embeddingHead(
  parameters: Parameters,
  features: number,
  identities: number,
  spec: IdentityHeadSpec,
): Parts {
  const { embedding: width, neck, loss, scale } = spec;
  const embed = linear(parameters, `${NAME}.embedding`, features, width);
  const normalise = neck === 'none' ? undefined : norm1d(parameters, `${NAME}.neck`, width);
  const centers = loss === 'subcenter' ? spec.centers : 1;
  const angular = loss in margins;
  // One column a class, or a center of one; without a bias, as every margin loss has it.
  const classes = parameters.matrix(`${NAME}.classifier.weight`, width, identities * centers, normal(0.01));
  return {
    width,
    apply: (forward, x) => {
      const raw = embed(forward, dropout(forward, x, spec.dropout, `${NAME}.dropout`));
      const after = normalise ? normalise(forward, raw) : raw;
      const { direction, length } = unit(after);
      const weights = forward.context.read(classes) as tf.Tensor2D;
      const compared = neck === 'bnneck' ? unit(raw).direction : direction;
      if (!angular) return { embedding: direction, compared, logits: tf.matMul(after, weights) };
      const all = tf.matMul(direction, unit(weights, 0).direction);
      const cosines = (
        centers === 1 ? all : tf.max(tf.reshape(all, [x.shape[0], identities, centers]), 2)
      ) as tf.Tensor2D;
      const logits = tf.mul(cosines, scale) as tf.Tensor2D;
      return { embedding: direction, compared, logits, angles: { cosines, lengths: length } };
    },
  };
}

/** The classification loss; undefined for metric losses alone. */
function classifier(
  parameters: Parameters,
  identities: number,
  spec: IdentityHeadSpec,
  options: ModelConfig['loss'],
): IdentityHead['loss'] | undefined {
  const own = pluginLoss('identity', options);
  if (own) return (_, { logits }, { labels, weights }) => own({ logits, labels, weights });
  if (spec.loss === 'none') return undefined;
  const { label_smoothing: smoothing, identity } = options;
  if (spec.loss === 'softmax')
    return (_, { logits }, { labels, weights }) =>
      identityLoss(logits, labels, weights, smoothing, identity.focal);
  const maker = margins[spec.loss];
  const move = maker.make(parameters, NAME);
  const largest = spec.margin ?? maker.margin;
  return (forward, { angles }, { labels, weights, warmth }) => {
    const { cosines, lengths } = angles!;
    const moved = move(forward, {
      cosines,
      lengths,
      hot: oneHot(labels, identities),
      margin: tf.mul(warmth, largest) as tf.Scalar,
      labelled: tf.reshape(tf.cast(tf.greater(weights, 0), 'float32'), [weights.shape[0], 1]),
    });
    const logits = tf.mul(moved, spec.scale) as tf.Tensor2D;
    return identityLoss(logits, labels, weights, smoothing, identity.focal);
  };
}

/** x divided by its length along an axis, and that length. */
function unit(x: tf.Tensor2D, axis = 1): { direction: tf.Tensor2D; length: tf.Tensor2D } {
  const length = tf.sqrt(tf.add(tf.sum(tf.square(x), axis, true), 1e-12)) as tf.Tensor2D;
  return { direction: tf.div(x, length), length };
}
