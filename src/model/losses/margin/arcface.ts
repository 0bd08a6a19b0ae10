import * as tf from '@tensorflow/tfjs-core';
import { withoutGradient } from '../../../tensor/index.ts';
import type { MarginMaker } from './margin.ts';

/**
 * Additive angular margin (Deng et al., 2019): cos(θ + m) of the own class. Beyond π − m, where that would rise again, the line
 * cos θ − m · sin m continues instead, as insightface does.
 */
export const arcface: MarginMaker = {
  margin: 0.5,
  make:
    () =>
    (_, { cosines, hot, margin }) => {
      const sines = tf.sqrt(tf.maximum(tf.sub(1, tf.square(cosines)), 1e-12));
      const [cosine, sine] = [tf.cos(margin), tf.sin(margin)];
      const turned = tf.sub(tf.mul(cosines, cosine), tf.mul(sines, sine));
      const beyond = tf.sub(cosines, tf.mul(margin, sine));
      const within = withoutGradient((c) => tf.cast(tf.greater(c, tf.neg(cosine)), 'float32'), cosines);
      const moved = tf.add(tf.mul(turned, within), tf.mul(beyond, tf.sub(1, within)));
      return tf.add(cosines, tf.mul(hot, tf.sub(moved, cosines)));
    },
};
