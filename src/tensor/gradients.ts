import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../base/errors.ts';
import './bundled/gradients.ts';
import { sourceLine } from './graph/builder.ts';

/**
 * The value of `loss` and its gradients with respect to `xs`.
 * `origin` finds where a kernel was called, for the error `no-gradient`.
 */
export function differentiate(
  loss: () => tf.Scalar,
  xs: tf.Tensor[],
  origin: (kernel: string) => { stack?: string } | undefined,
): { loss: tf.Scalar; gradients: tf.Tensor[] } {
  try {
    const { value, grads } = tf.engine().gradients(loss, xs);
    return { loss: value as tf.Scalar, gradients: grads };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const kernel = /gradient function not found for (\w+)/.exec(message)?.[1];
    if (!kernel) throw error;
    const at = origin(kernel);
    const line = at
      ? sourceLine({ op: kernel, attributes: [], inputs: [], control: [], outputs: [], origin: at })
      : undefined;
    throw new FacecomError(
      'no-gradient',
      `The op ${kernel} has no gradient${line ? ` (called at ${line})` : ''}.`,
      {
        remedy:
          'Compute it from ops that have one, or keep it out of the path from the weights to the loss (tf.customGrad).',
        cause: error,
      },
    );
  }
}
