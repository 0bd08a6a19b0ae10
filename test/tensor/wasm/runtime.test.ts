import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { openRuntime } from '../../../src/tensor/index.ts';
import type { Variable } from '../../../src/tensor/runtime.ts';
import { withoutTensorFlow } from '../../support/tensorflow.ts';
import { assertNear } from '../support/near.ts';
import { native } from '../support/runtimes.ts';
import { inputsOf, smallNet, train } from '../support/small-net.ts';

const options = { device: 'auto', precision: 'float32', seed: 1, threads: 0 } as const;

describe('the wasm backend', () => {
  it('trains as native TensorFlow does, within 1e-4', { skip: withoutTensorFlow }, async (t) => {
    for (const optimizer of ['momentum', 'adam'] as const) {
      const net = smallNet(optimizer, { ema: 0.9 });
      const expected = await train(native(t), net, 3);
      const runtime = await openRuntime({ ...options, backend: 'wasm' });
      const found = await train(runtime, net, 3);
      runtime.dispose();
      assertNear({ losses: found.losses }, { losses: expected.losses }, 1e-4, optimizer);
      if (optimizer === 'momentum') assertNear(found.values, expected.values, 1e-4, optimizer);
    }
  });

  it('trains as plain JavaScript does, within 1e-4', async () => {
    const net = smallNet('momentum');
    const results = [];
    for (const backend of ['wasm', 'cpu'] as const) {
      const runtime = await openRuntime({ ...options, backend });
      assert.equal(runtime.backend, backend);
      assert.equal(tf.getBackend(), backend);
      results.push(await train(runtime, net, 3));
      runtime.dispose();
    }
    assertNear(results[0]!.values, results[1]!.values, 1e-4, 'wasm');
  });

  it('gives the same bits for the same seed, dropout included', async () => {
    const run = async (seed: number) => {
      const runtime = await openRuntime({ ...options, seed, backend: 'wasm' });
      try {
        return await train(runtime, smallNet('adam', { dropout: 0.3 }), 4);
      } finally {
        runtime.dispose();
      }
    };
    const first = await run(3);
    assert.deepEqual(await run(3), first);
    assert.notDeepEqual((await run(4)).losses, first.losses);
  });

  it('keeps no tensor of a step', async () => {
    const runtime = await openRuntime({ ...options, backend: 'wasm' });
    const net = smallNet('adam', { dropout: 0.2, ema: 0.9 });
    const step = runtime.compile('train', (inputs, context) => net.step(context, inputs));
    await step.run(inputsOf(1), 1);
    const { numTensors } = tf.memory();
    for (let index = 2; index <= 50; index++) await step.run(inputsOf(index), index);
    assert.equal(tf.memory().numTensors, numTensors);
    runtime.dispose();
  });

  it('refuses values that do not fit a variable', async () => {
    const runtime = await openRuntime({ ...options, backend: 'wasm' });
    const w: Variable = { name: 'w', shape: [2, 3] };
    await assert.rejects(runtime.setValues(new Map([[w, new Float32Array(5)]])), { code: 'variable-shape' });
    runtime.dispose();
  });
});
