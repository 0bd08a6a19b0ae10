import * as tf from '@tensorflow/tfjs-core';
import { stopGradient, withoutGradient } from '../../../tensor/index.ts';
import { constant } from '../../parameters.ts';
import type { MarginMaker } from './margin.ts';

/** Constants of the paper: the share of a batch in the averages, and the width of the middle of the lengths. */
const SHARE = 0.01;
const WIDTH = 0.333;
const EPSILON = 1e-3;

/**
 * Margin by the quality of the image (Kim et al., 2022), for which the length of its embedding stands: a long one is moved like
 * CosFace's, a short one is spared.
 */
export const adaface: MarginMaker = {
  margin: 0.4,
  make: (parameters, name) => {
    const fixed = { trainable: false };
    const mean = parameters.plain(`${name}.length_mean`, [1], constant(20), fixed);
    const deviation = parameters.plain(`${name}.length_std`, [1], constant(100), fixed);
    return ({ context }, { cosines, hot, margin, lengths, labelled }) => {
      const clipped = stopGradient(tf.clipByValue(lengths, 0.001, 100) as tf.Tensor2D);
      const count = tf.maximum(tf.sum(labelled), 1);
      const found = tf.div(tf.sum(tf.mul(clipped, labelled)), count);
      const squares = tf.sum(tf.mul(tf.square(tf.sub(clipped, found)), labelled));
      const spread = tf.sqrt(tf.div(squares, tf.maximum(tf.sub(count, 1), 1)));
      const moved = (variable: typeof mean, value: tf.Tensor) => {
        const old = context.read(variable);
        const next = tf.add(tf.mul(old, 1 - SHARE), tf.mul(tf.reshape(value, [1]), SHARE));
        context.assign(variable, next);
        return next;
      };
      const [average, width] = [moved(mean, found), moved(deviation, spread)];
      const quality = tf.clipByValue(
        tf.mul(tf.div(tf.sub(clipped, average), tf.add(width, EPSILON)), WIDTH),
        -1,
        1,
      );
      const angle = tf.mul(tf.neg(margin), quality);
      const sines = tf.sqrt(tf.maximum(tf.sub(1, tf.square(cosines)), 1e-12));
      const turned = tf.sub(tf.mul(cosines, tf.cos(angle)), tf.mul(sines, tf.sin(angle)));
      // The angle stays between 0 and π: past an end, the cosine there.
      const past = (side: 1 | -1) =>
        withoutGradient((c) => {
          const theta = tf.add(tf.acos(tf.clipByValue(c, -1, 1)), angle);
          const outside = side > 0 ? tf.less(theta, EPSILON) : tf.greater(theta, Math.PI - EPSILON);
          return tf.cast(outside, 'float32');
        }, cosines);
      const [below, above] = [past(1), past(-1)];
      const within = tf.mul(turned, tf.sub(1, tf.add(below, above)));
      const held = tf.add(within, tf.mul(tf.sub(below, above), Math.cos(EPSILON)));
      const shifted = tf.sub(held, tf.mul(margin, tf.add(quality, 1)));
      return tf.add(cosines, tf.mul(hot, tf.sub(shifted, cosines)));
    };
  },
};
