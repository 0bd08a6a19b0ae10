import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { biasAdd, conv2d, relu } from '../../../src/tensor/ops/index.ts';
import type { StepFunction, StepInput, Variable } from '../../../src/tensor/runtime.ts';
import { uniform } from '../../support/formula.ts';
import { withoutTensorFlow } from '../../support/tensorflow.ts';
import { opTimes } from '../support/profile.ts';
import { native } from '../support/runtimes.ts';

const filter: Variable = {
  name: 'filter',
  shape: [3, 3, 4, 8],
  initial: () => uniform('filter', [3, 3, 4, 8], -1, 1),
};
const scale: Variable = { name: 'scale', shape: [8], initial: () => uniform('scale', [8], 0.5, 2) };

const evaluate: StepFunction = ({ x }, context) => {
  const folded = tf.mul(context.read(filter), context.read(scale)) as tf.Tensor4D;
  const bias = tf.sub(0, context.read(scale)) as tf.Tensor1D;
  return { y: relu(biasAdd(conv2d(x as tf.Tensor4D, folded, { stride: 1, padding: 1 }), bias)) };
};

const halve: StepFunction = ({ factor }, context) => {
  for (const variable of [filter, scale])
    context.assign(variable, tf.mul(context.read(variable), factor as tf.Scalar));
  return {};
};

const pictures = (batch: number): Record<string, StepInput> => {
  const shape = [batch, 6, 6, 4];
  return { x: { shape, dtype: 'float32', values: uniform('x', shape, -1, 1) } };
};
const half: Record<string, StepInput> = {
  factor: { shape: [], dtype: 'float32', values: Float32Array.of(0.5) },
};

for (const precision of ['float32', 'bfloat16'] as const) {
  describe(`what is derived from variables alone, ${precision}`, { skip: withoutTensorFlow }, () => {
    it('is computed once for all batches and their sizes', async (t) => {
      const runtime = native(t, { precision });
      const step = runtime.compile('evaluate', evaluate);
      await step.run(pictures(2));
      const ops: string[] = [];
      runtime.session.onProfile = (metadata) => ops.push(...opTimes(metadata).map(({ op }) => op));
      await step.run(pictures(2));
      await step.run(pictures(3));
      assert.ok(
        ops.some((op) => op.includes('Conv2D')),
        'the convolution was seen',
      );
      assert.deepEqual(
        ops.filter((op) => op === 'Mul'),
        [],
      );
    });

    it('follows the variables that a step changes, and those that are set', async (t) => {
      const runtime = native(t, { precision });
      const step = runtime.compile('evaluate', evaluate);
      const change = runtime.compile('halve', halve);
      const values = async () => Array.from((await step.run(pictures(2))).y!.values);
      const fresh = async (factor: number) => {
        const other = native(t, { precision });
        const changed = [filter, scale].map(
          (variable) => [variable, variable.initial!().map((value) => value * factor)] as const,
        );
        await other.setValues(new Map(changed));
        return Array.from((await other.compile('evaluate', evaluate).run(pictures(2))).y!.values);
      };
      const first = await values();
      await change.run(half);
      const second = await values();
      assert.notDeepEqual(second, first);
      assert.deepEqual(second, await fresh(0.5));
      await change.run(half);
      assert.deepEqual(await values(), await fresh(0.25));
      await runtime.setValues(new Map([filter, scale].map((variable) => [variable, variable.initial!()])));
      assert.deepEqual(await values(), first);
    });

    it('serves runs that overlap', async (t) => {
      const runtime = native(t, { precision });
      const step = runtime.compile('evaluate', evaluate);
      const change = runtime.compile('halve', halve);
      const alone = Array.from((await step.run(pictures(2))).y!.values);
      const both = Promise.all([step.run(pictures(2)), step.run(pictures(2))]);
      await both;
      await change.run(half);
      for (const { y } of await both) assert.deepEqual(Array.from(y!.values), alone);
    });
  });
}
