import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/base/random.ts';
import { openLearner, type StateTensor } from '../../src/model/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';
import type { NativeRuntime } from '../../src/tensor/graph/native-runtime.ts';
import { openRuntime } from '../../src/tensor/index.ts';
import { withoutTensorFlow } from '../support/tensorflow.ts';

const side = 32;
const size = 7;
const random = new Random(4, 'images');
const batch = {
  images: Uint8Array.from({ length: size * side * side * 3 }, () => random.integer(0, 255)),
  gender: Int8Array.of(0, 1, 1, 0, -1, 1, 0),
  identity: Int32Array.of(0, 1, 2, 4, 3, -1, 2),
  size,
};

const configOf = (train: object, dropout = 0) =>
  resolveConfig({
    data: { image_size: side },
    model: {
      backbone: 'tiny',
      heads: { gender: { hidden: 8, dropout }, identity: { embedding: 16, loss: 'arcface', dropout } },
    },
    loss: { alpha: 0.4, beta: 0.6, balance: 'uncertainty' },
    optimizer: { name: 'sgd', lr: 0.05, weight_decay: 0.001, momentum: 0.9 },
    train: { precision: 'float32', clip: 1, ...train },
    resources: { device: 'cpu', backend: 'tensorflow' },
  });

/** Three steps; what they said, and the weights after them. */
async function trained(config: ReturnType<typeof configOf>, replicas: number) {
  const learner = await openLearner(config, { identities: 5, seed: 1, replicas });
  try {
    const said = [];
    for (let step = 1; step <= 3; step++) said.push(await learner.trainStep(batch, { lr: 0.05, step }));
    return { said, state: await learner.state() };
  } finally {
    learner.dispose();
  }
}

/** Whether what learns is the same; moving averages of normalisations are those of the first replica, not of every micro-batch. */
function assertSameWeights(a: Map<string, StateTensor>, b: Map<string, StateTensor>): void {
  for (const [name, { data }] of a) {
    if (/running_/.test(name)) continue;
    const other = b.get(name)!.data;
    for (const [i, value] of data.entries())
      assert.ok(Math.abs(value - other[i]!) < 1e-5, `${name}[${i}]: ${value}, ${other[i]}`);
  }
}

test('two replicas on two virtual devices train as two micro-batches of one do', {
  skip: withoutTensorFlow,
}, async () => {
  const whole = await trained(configOf({ accumulation: 2 }), 1);
  const divided = await trained(configOf({}), 2);
  assertSameWeights(whole.state, divided.state);
  for (const [i, { loss, right, gradientNorm, weights }] of divided.said.entries()) {
    assert.ok(Math.abs(loss - whole.said[i]!.loss) < 1e-5);
    assert.ok(Math.abs(gradientNorm! - whole.said[i]!.gradientNorm!) < 1e-5);
    assert.ok(Math.abs(weights!.gender - whole.said[i]!.weights!.gender) < 1e-5);
    assert.deepEqual(right, whole.said[i]!.right);
  }
  // Micro-batches and replicas together divide a batch into four.
  const both = await trained(configOf({ accumulation: 2 }), 2);
  assertSameWeights((await trained(configOf({ accumulation: 4 }), 1)).state, both.state);
});

test('replicas draw dropout of their own and repeat to the bit', { skip: withoutTensorFlow }, async () => {
  const config = configOf({ precision: 'bfloat16' }, 0.5);
  const [first, second] = [await trained(config, 2), await trained(config, 2)];
  assert.deepEqual(first.said, second.said);
  assert.deepEqual(first.state, second.state);
});

test('the session has a device for each replica', { skip: withoutTensorFlow }, async () => {
  const options = {
    backend: 'tensorflow',
    device: 'cpu',
    precision: 'float32',
    seed: 1,
    threads: 2,
  } as const;
  const runtime = (await openRuntime({ ...options, replicas: 2 })) as NativeRuntime;
  try {
    assert.equal(runtime.session.devices().filter(({ type }) => type === 'CPU').length, 2);
  } finally {
    runtime.dispose();
  }
});

test('what needs the gradients of a whole batch, or another backend, is refused on several devices', {
  skip: withoutTensorFlow,
}, async () => {
  const open = (change: object) =>
    openLearner({ ...configOf({}), ...change }, { identities: 5, seed: 1, replicas: 2 });
  const { loss, resources } = configOf({});
  await assert.rejects(open({ loss: { ...loss, balance: 'pcgrad' } }), { code: 'replicas', exitCode: 2 });
  await assert.rejects(open({ resources: { ...resources, backend: 'wasm' } }), {
    code: 'replicas',
    exitCode: 2,
  });
});
