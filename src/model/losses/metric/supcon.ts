import * as tf from '@tensorflow/tfjs-core';
import { cosinesOf, type MetricLoss, meanOf } from './pairs.ts';

/** Supervised contrastive loss, the sum outside of the logarithm (Khosla et al., 2020): the mean over images with another of the identity. */
export function supcon({ temperature }: { temperature: number }): MetricLoss {
  return (pairs) => {
    const { same, other } = pairs;
    const logits = tf.div(cosinesOf(pairs), temperature);
    const compared = tf.add(same, other);
    // What is not compared weighs nothing in the sum of exponentials.
    const among = tf.sub(logits, tf.mul(tf.sub(1, compared), 1e4));
    const logarithms = tf.sub(logits, tf.logSumExp(among, 1, true));
    const count = tf.sum(same, 1);
    const each = tf.neg(tf.div(tf.sum(tf.mul(logarithms, same), 1), tf.maximum(count, 1)));
    return meanOf(each, tf.minimum(count, 1));
  };
}
