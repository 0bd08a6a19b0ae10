import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/base/random.ts';
import { type LabelledBatch, openLearner } from '../../src/model/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';

const size = 4;
const side = 32;
const random = new Random(4, 'pictures');
const images = Uint8Array.from({ length: size * side * side * 3 }, () => random.integer(0, 255));
const config = resolveConfig({
  data: { image_size: side },
  model: { heads: { gender: { hidden: 8 }, identity: { hidden: 8 } } },
  loss: { alpha: 0.4, beta: 0.6, label_smoothing: 0.1 },
  augment: { mixup: { p: 1 } },
  optimizer: { name: 'sgd', lr: 0.1, weight_decay: 0, momentum: 0 },
  train: { precision: 'float32' },
  resources: { device: 'cpu', backend: 'wasm' },
});
const labels = { gender: Int8Array.of(0, 1, 1, 0), identity: Int32Array.of(0, 1, 2, 4) };
const others = { gender: Int8Array.of(1, 1, 0, 1), identity: Int32Array.of(3, 0, 1, 2) };

async function losses(batch: Partial<LabelledBatch>, accumulation = 1) {
  const learner = await openLearner(
    { ...config, train: { ...config.train, accumulation } },
    { identities: 5, seed: 1 },
  );
  try {
    const { loss, genderLoss, identityLoss } = await learner.trainStep(
      { images, size, ...labels, ...batch },
      { lr: 0.1, step: 1 },
    );
    return [loss, genderLoss, identityLoss];
  } finally {
    learner.dispose();
  }
}

test('the losses of a mixed batch are those of both labels in their shares', async () => {
  const own = await losses({});
  const other = await losses(others);
  const lambda = new Float32Array(size).fill(0.3);
  const mixed = await losses({ mixed: { ...others, lambda } });
  for (const [k, value] of mixed.entries())
    assert.ok(Math.abs(value! - (0.3 * own[k]! + 0.7 * other[k]!)) < 1e-5, `${mixed}; ${own}; ${other}`);
  // A share of 1 is not mixed at all.
  assert.deepEqual(await losses({ mixed: { ...others, lambda: lambda.map(() => 1) } }), own);
});

test('a label that is missing on one side counts on the other alone', async () => {
  const none = { gender: new Int8Array(size).fill(-1), identity: new Int32Array(size).fill(-1) };
  const lambda = Float32Array.of(0.3, 0.3, 0.3, 0.3);
  // All of what is labelled counts alike: the mean is that of the labels there are.
  const own = await losses({});
  const mixed = await losses({ mixed: { ...none, lambda } });
  for (const [k, value] of mixed.entries()) assert.ok(Math.abs(value! - own[k]!) < 1e-5, `${mixed}; ${own}`);
  const only = await losses({ ...none, mixed: { ...labels, lambda } });
  for (const [k, value] of only.entries()) assert.ok(Math.abs(value! - own[k]!) < 1e-5, `${only}; ${own}`);
});

test('micro-batches take their part of what was mixed in', async () => {
  const lambda = Float32Array.of(0.1, 0.9, 0.5, 0.25);
  const parts = await losses({ mixed: { ...others, lambda } }, 2);
  assert.ok(parts.every((value) => Number.isFinite(value) && value! > 0));
});
