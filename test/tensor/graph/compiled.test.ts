import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { EagerRuntime } from '../../../src/tensor/eager-runtime.ts';
import { BACKEND_NAME } from '../../../src/tensor/native/kernels.ts';
import type { StepFunction, Variable } from '../../../src/tensor/runtime.ts';
import { withoutTensorFlow } from '../../support/tensorflow.ts';
import { assertNear } from '../support/near.ts';
import { native, outputsOf } from '../support/runtimes.ts';
import { smallNet, train } from '../support/small-net.ts';

describe('a compiled step', { skip: withoutTensorFlow }, () => {
  it('equals the same function executed op by op', async (t) => {
    for (const optimizer of ['momentum', 'adam'] as const) {
      const net = smallNet(optimizer, { ema: 0.9 });
      const compiled = await train(native(t), net, 3);
      // The native runtime has made native TensorFlow tfjs's backend.
      const eager = new EagerRuntime(BACKEND_NAME, { seed: 1, device: 'cpu' });
      const executed = await train(eager, net, 3);
      eager.dispose();
      assertNear({ losses: compiled.losses }, { losses: executed.losses }, 1e-5, optimizer);
      if (optimizer === 'momentum') assertNear(compiled.values, executed.values, 1e-4, optimizer);
    }
  });

  it('gives the same bits for the same seed, in both precisions and on two threads', async (t) => {
    for (const precision of ['float32', 'bfloat16'] as const) {
      const run = () =>
        train(native(t, { seed: 7, threads: 2, precision }), smallNet('adam', { dropout: 0.3 }), 6);
      const [first, second] = [await run(), await run()];
      assert.deepEqual(second, first, precision);
      const other = await train(
        native(t, { seed: 8, threads: 2, precision }),
        smallNet('adam', { dropout: 0.3 }),
        6,
      );
      assert.notDeepEqual(other.losses, first.losses);
    }
  });

  it('draws by step and name, not by what was drawn before', async (t) => {
    const fn: StepFunction = (_, context) => ({
      a: context.uniform([500], 'a'),
      again: context.uniform([500], 'a'),
      b: context.uniform([500], 'b'),
    });
    const step3 = await outputsOf(native(t), fn, {}, 3);
    const runtime = native(t);
    const draws = [];
    for (const step of [1, 2, 3]) draws.push(await outputsOf(runtime, fn, {}, step));
    assert.deepEqual(draws[2], step3);
    assert.deepEqual(step3.again, step3.a);
    assert.notDeepEqual(step3.b, step3.a);
    assert.notDeepEqual(draws[0]!.a, draws[1]!.a);
    for (const value of step3.a!) assert.ok(value >= 0 && value < 1);
    const mean = step3.a!.reduce((sum, value) => sum + value, 0) / 500;
    assert.ok(Math.abs(mean - 0.5) < 0.06, `the mean of 500 draws is ${mean}`);
  });

  it('reads variables as they were when it began and changes them when it ends', async (t) => {
    const counter: Variable = { name: 'counter', shape: [2], initial: () => Float32Array.of(1, 10) };
    const average: Variable = { name: 'average', shape: [2] };
    const other: Variable = { name: 'other', shape: [2], initial: () => Float32Array.of(1, 10) };
    const fn: StepFunction = (_, context) => {
      context.add(counter, tf.tensor1d([1, 1]));
      context.follow(average, counter, 0.5);
      const old = context.read(other);
      context.assign(other, tf.tensor1d([0, 0]));
      context.add(other, tf.add(old, 1));
      return { before: context.read(counter), other: old };
    };
    const compiled = native(t, { threads: 2 });
    const eager = new EagerRuntime(BACKEND_NAME, { seed: 1, device: 'cpu' });
    t.after(() => eager.dispose());
    for (const runtime of [compiled, eager]) {
      const step = runtime.compile('count', fn);
      // Where nothing orders a read and a change, most runs of a few hundred go wrong.
      for (let i = 0; i < 300; i++) {
        const { before, other: old } = await step.run({});
        assert.deepEqual(Array.from(before!.values), [1 + i, 10 + i]);
        assert.deepEqual(Array.from(old!.values), [1 + i, 10 + i]);
        if (i !== 1) continue;
        const values = await runtime.values([counter, average]);
        assert.deepEqual(Array.from(values.get(counter)!), [3, 12]);
        assert.deepEqual(Array.from(values.get(average)!), [2, 8.75]);
      }
    }
  });

  it('shares one set of variables with other steps, which may be set from outside', async (t) => {
    const weight: Variable = { name: 'weight', shape: [2] };
    const runtime = native(t);
    const double = runtime.compile('double', (_, context) => {
      context.assign(weight, tf.mul(context.read(weight), 2));
      return {};
    });
    const read = runtime.compile('read', (_, context) => ({ weight: context.read(weight) }));
    await runtime.setValues(new Map([[weight, Float32Array.of(3, 4)]]));
    await double.run({});
    assert.deepEqual(Array.from((await read.run({})).weight!.values), [6, 8]);
  });

  it('takes uint8 images as 0 … 255 and gives int32 outputs as they are', async (t) => {
    const found = await outputsOf(
      native(t),
      ({ pixels, labels }) => ({
        pixels: tf.div(pixels!, 2),
        labels: tf.add(labels!, tf.scalar(1, 'int32')),
      }),
      {
        pixels: { shape: [3], dtype: 'uint8', values: Uint8Array.of(0, 128, 255) },
        labels: { shape: [2], dtype: 'int32', values: Int32Array.of(5, -1) },
      },
    );
    assert.deepEqual(found, { pixels: [0, 64, 127.5], labels: [6, 0] });
  });
});
