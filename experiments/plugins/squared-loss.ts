// A loss of the gender head: the Brier score, the squared distance of the probability from the label (Brier, 1950).
import * as tf from '@tensorflow/tfjs-core';
import { defineLoss } from 'facecom';

export default defineLoss<{ smoothing: number }>({
  name: 'brier',
  description: 'Brier score: the squared distance of the probability from the label.',
  parameters: {
    smoothing: {
      type: 'number',
      description: 'How far labels are moved from 0 and 1.',
      minimum: 0,
      maximum: 0.5,
      default: 0,
    },
  },
  compute({ task, logits, labels, weights }, { smoothing }) {
    if (task !== 'gender') throw new Error('brier is a loss of loss.functions.gender');
    const wanted = tf.add(tf.mul(labels, 1 - 2 * smoothing), smoothing);
    const distance = tf.squaredDifference(tf.sigmoid(logits), wanted);
    return tf.sum(tf.mul(distance, weights)) as tf.Scalar;
  },
});
