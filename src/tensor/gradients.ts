import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../base/errors.ts';
import './bundled/gradients.ts';
import { sourceLine } from './graph/builder.ts';

/** Finds where a kernel was called, for the error `no-gradient`. */
type Origin = (kernel: string) => { stack?: string } | undefined;

/** The value of `loss` and its gradients with respect to `xs`. */
export function differentiate(
  loss: () => tf.Scalar,
  xs: tf.Tensor[],
  origin: Origin,
): { loss: tf.Scalar; gradients: tf.Tensor[] } {
  return explained(origin, () => {
    const { value, grads } = tf.engine().gradients(loss, xs);
    return { loss: value as tf.Scalar, gradients: grads };
  });
}

/** tfjs's tape, as far as it is used here: its engine declares these private. */
interface Tape {
  startTape(): void;
  endTape(): void;
  state: { activeTape: Array<{ saved: tf.Tensor[] }> | null; gradientDepth: number };
}

/**
 * Several values of one forward pass, each with its gradients with respect to tensors of its own; `targets` is called within the pass.
 * A value that does not depend on one of its tensors has zeros there.
 */
export function differentiateEach<T>(
  pass: () => T,
  targets: (found: T) => Array<{ loss: tf.Scalar; xs: tf.Tensor[] }>,
  origin: Origin,
): { found: T; gradients: tf.Tensor[][] } {
  const engine = tf.engine();
  const tape = engine as unknown as Tape;
  return explained(origin, () => {
    tape.startTape();
    try {
      const found = pass();
      // Within an open tape a gradient is taken over all that was recorded.
      const gradients = targets(found).map(({ loss, xs }) =>
        engine
          .gradients(() => loss, xs, undefined, true)
          .grads.map((gradient, i) => gradient ?? tf.zerosLike(xs[i]!)),
      );
      return { found, gradients };
    } finally {
      tape.endTape();
      if (tape.state.gradientDepth === 0) {
        for (const { saved } of tape.state.activeTape ?? [])
          for (const tensor of saved ?? []) tensor.dispose();
        tape.state.activeTape = null;
      }
    }
  });
}

function explained<T>(origin: Origin, work: () => T): T {
  try {
    return work();
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
