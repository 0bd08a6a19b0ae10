import * as tf from '@tensorflow/tfjs-core';
import { distancesOf, type MetricLoss, meanOf, squaresOf } from './pairs.ts';

/** distance² of one identity's pairs, max(0, margin − distance)² of two identities' (Hadsell et al., 2006): the mean over all pairs. */
export function contrastive({ margin }: { margin: number }): MetricLoss {
  return (pairs) => {
    const { same, other } = pairs;
    const pull = tf.mul(squaresOf(pairs), same);
    const push = tf.mul(tf.square(tf.relu(tf.sub(margin, distancesOf(pairs)))), other);
    return meanOf(tf.add(pull, push), tf.add(same, other));
  };
}
