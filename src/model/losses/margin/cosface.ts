import * as tf from '@tensorflow/tfjs-core';
import type { MarginMaker } from './margin.ts';

/** Additive cosine margin (Wang et al., 2018): cos θ − m of the own class. */
export const cosface: MarginMaker = {
  margin: 0.35,
  make:
    () =>
    (_, { cosines, hot, margin }) =>
      tf.sub(cosines, tf.mul(hot, margin)),
};
