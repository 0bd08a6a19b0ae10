import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesOf } from '../../../src/operations/verify/changes.ts';
import { Comparison, distance } from '../../../src/operations/verify/numbers.ts';
import { firstOf, recordedOf } from '../../../src/operations/verify/recorded.ts';
import { differenceOf } from '../../../src/operations/verify/tensors.ts';

const at = { step: 3, what: 'heads/gender of checkpoints/best.safetensors' };
const float = (...values: number[]) => ({
  dtype: 'float32' as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

test('tensors are compared by their bits, and by the largest value of the recorded one', () => {
  assert.equal(differenceOf(float(1, Number.NaN), float(1, Number.NaN), at), undefined);
  const found = differenceOf(float(4, 1, -2), float(4, 1.5, -2), at)!;
  assert.deepEqual([found.recorded, found.now, found.relative], [1, 1.5, 0.125]);
  // A zero with another sign has other bits, and no distance.
  assert.equal(differenceOf(float(0, 1), float(-0, 1), at)!.relative, 0);
  for (const other of [undefined, float(1), float(1, Number.NaN)])
    assert.equal(differenceOf(float(1, 2), other, at)!.relative, Number.POSITIVE_INFINITY);
});

test('numbers are compared relative to the larger one, and differences told from the first step on', () => {
  assert.equal(distance(Number.NaN, Number.NaN), 0);
  assert.equal(distance(1, Number.NaN), Number.POSITIVE_INFINITY);
  assert.equal(distance(0, 0), 0);
  assert.equal(distance(2, -2), 2);
  const comparison = new Comparison();
  comparison.number('losses', { step: 9, what: 'loss', recorded: 1, now: 2 });
  comparison.number('losses', { step: 4, what: 'loss', recorded: 1, now: 1 + 1e-6 });
  comparison.number('metrics', { step: 1, what: 'val/loss', recorded: 1, now: 1 });
  comparison.number('metrics', { step: 5, what: 'val/loss', recorded: 1, now: undefined });
  assert.deepEqual(
    comparison.differences().map(({ step }) => step),
    [4, 5, 9],
  );
  assert.deepEqual(
    comparison.differences(1e-4).map(({ step }) => step),
    [5, 9],
  );
  assert.deepEqual(comparison.compared, { losses: 2, metrics: 2, tensors: 0 });
});

test('a record tells of losses, metrics and the end; speeds are left out, and a step done twice counts as it was last', () => {
  const time = 1;
  const progress = (step: number, loss: number) =>
    ({ type: 'progress', time, stage: 'train', done: step, total: 9, unit: 'steps', step, loss }) as const;
  const recorded = recordedOf([
    { type: 'progress', time, stage: 'data', done: 1, total: 2, unit: 'images' },
    progress(2, 5),
    progress(2, 4),
    {
      type: 'metric',
      time,
      step: 3,
      epoch: 1,
      values: { 'val/loss': 1, 'train/images_per_second': 7, 'train/waiting_for_data': 0.1 },
    },
    progress(5, 3),
  ]);
  assert.deepEqual(
    [...recorded.losses],
    [
      [2, 4],
      [5, 3],
    ],
  );
  assert.deepEqual([...recorded.metrics], [[3, { 'val/loss': 1 }]]);
  assert.deepEqual([recorded.last, recorded.final, firstOf(recorded)], [5, undefined, 2]);
  assert.equal(firstOf(recordedOf([])), undefined);
});

test('of two environments only what is known of both is compared', () => {
  const before = { node: 'v20.1.0', facecom: '0.1.0', cpu: { model: 'A' } };
  assert.deepEqual(changesOf(before, { node: 'v22.1.0', facecom: '0.1.0' }), [
    { what: 'Node.js', recorded: 'v20.1.0', now: 'v22.1.0' },
  ]);
});
