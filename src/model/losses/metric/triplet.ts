import * as tf from '@tensorflow/tfjs-core';
import { withoutGradient } from '../../../tensor/index.ts';
import { distancesOf, type MetricLoss, meanOf } from './pairs.ts';

/** Further than any two embeddings of length 1. */
const FAR = 4;

/**
 * max(0, distance to the same identity − distance to another + margin). `hard`: the mean over images with both, each with its farthest
 * and nearest (Hermans et al., 2017); `semi_hard`: the mean over all pairs of an identity, each with the nearest other beyond it, or the
 * farthest if none is (Schroff et al., 2015).
 */
export function triplet({ margin, mining }: { margin: number; mining: 'hard' | 'semi_hard' }): MetricLoss {
  return (pairs) => {
    const { same, other } = pairs;
    const distances = distancesOf(pairs);
    if (mining === 'hard') {
      const farthest = tf.max(tf.sub(distances, tf.mul(tf.sub(1, same), FAR)), 1);
      const nearest = tf.min(tf.add(distances, tf.mul(tf.sub(1, other), FAR)), 1);
      const counts = tf.mul(tf.max(same, 1), tf.max(other, 1));
      return meanOf(tf.relu(tf.add(tf.sub(farthest, nearest), margin)), counts);
    }
    const batch = distances.shape[0];
    // [image, image of the same identity, image of another]
    const toOther = tf.reshape(distances, [batch, 1, batch]);
    const toSame = tf.reshape(distances, [batch, batch, 1]);
    const negative = tf.reshape(other, [batch, 1, batch]);
    const further = withoutGradient((a, b) => tf.cast(tf.greater(a!, b!), 'float32'), toOther, toSame);
    const beyond = tf.mul(further, negative);
    const near = tf.min(tf.add(toOther, tf.mul(tf.sub(1, beyond), FAR)), 2);
    const far = tf.max(tf.sub(toOther, tf.mul(tf.sub(1, negative), FAR)), 2);
    const some = tf.max(beyond, 2);
    const chosen = tf.add(tf.mul(near, some), tf.mul(far, tf.sub(1, some)));
    const counts = tf.mul(same, tf.reshape(tf.max(other, 1), [batch, 1]));
    return meanOf(tf.relu(tf.add(tf.sub(distances, chosen), margin)), counts);
  };
}
