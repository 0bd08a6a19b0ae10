import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { conv2d } from '../../../src/tensor/ops/index.ts';
import type { StepFunction, StepInput, Variable } from '../../../src/tensor/runtime.ts';
import { uniform } from '../../support/formula.ts';
import { withoutTensorFlow } from '../../support/tensorflow.ts';
import { native } from '../support/runtimes.ts';

// In a file of its own: the native library reads the setting once a process.

const shape = [3, 3, 16, 32];
const filter: Variable = { name: 'filter', shape, initial: () => uniform('filter', shape, -1, 1) };
const convolve: StepFunction = ({ x }, context) => ({
  y: conv2d(x as tf.Tensor4D, context.read(filter) as tf.Tensor4D, { stride: 1, padding: 1 }),
});
const pictures = (stream: string): Record<string, StepInput> => {
  const picture = [2, 8, 8, 16];
  return { x: { shape: picture, dtype: 'float32', values: uniform(stream, picture, -1, 1) } };
};

describe('a runtime with frozen variables', { skip: withoutTensorFlow }, () => {
  it('computes with the values that were set before the first step', async (t) => {
    const runtime = native(t, { frozen: true });
    await runtime.setValues(new Map([[filter, filter.initial!().map((value) => value * 2)]]));
    const step = runtime.compile('convolve', convolve);
    for (const stream of ['a', 'b']) {
      const { y } = await step.run(pictures(stream));
      const expected = tf.tidy(() =>
        tf
          .conv2d(
            tf.tensor4d(pictures(stream).x!.values as Float32Array, [2, 8, 8, 16]),
            tf.tensor4d(
              filter.initial!().map((value) => value * 2),
              [3, 3, 16, 32],
            ),
            1,
            'same',
          )
          .dataSync(),
      );
      for (const [i, value] of expected.entries())
        assert.ok(Math.abs(value - y!.values[i]!) < 1e-4, `${value} and ${y!.values[i]}`);
    }
  });

  it('refuses to change them afterwards', async (t) => {
    const runtime = native(t, { frozen: true });
    await runtime.compile('convolve', convolve).run(pictures('a'));
    const values = new Map([[filter, filter.initial!()]]);
    await assert.rejects(runtime.setValues(values), /frozen/);
    const change = runtime.compile('change', (_, context) => {
      context.add(filter, tf.ones(shape));
      return {};
    });
    await assert.rejects(change.run({}), /frozen/);
  });

  it('shares no process with one whose variables change', (t) => {
    native(t, { frozen: true });
    assert.throws(() => native(t), /share a process/);
  });
});
