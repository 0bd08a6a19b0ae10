import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveConfig } from '../../../src/spec/index.ts';
import { configDigest, differences } from '../../../src/trainer/checkpoint/config-digest.ts';

test('a run continues after a change of what decides nothing or can be resumed with, and after no other', () => {
  const before = resolveConfig({});
  for (const change of [
    { name: 'other', tags: { a: 'b' }, tracking: { mlflow: 'off' } },
    { resources: { device: 'cpu' } },
    { data: { cache: false } },
    { train: { accumulation: 2 } },
    { trainer: { command: ['python3', 'train.py'] } },
  ]) {
    const after = resolveConfig(change);
    assert.deepEqual(differences(before, after), [], JSON.stringify(change));
    assert.equal(configDigest(before), configDigest(after));
  }
  assert.deepEqual(differences(before, resolveConfig({ train: { epochs: 3 } })), [
    { path: 'train.epochs', before: JSON.stringify(before.train.epochs), after: '3' },
  ]);
});

test('the digest of a config is what it was', () => {
  // It stands in the checkpoints that were written.
  assert.equal(
    configDigest({ name: 'x', seed: 7, data: { source: 'synthetic' }, evaluate: { conditions: [] }, a: {} }),
    '90d8950d7e4e6bbe6fb834ab83a9ef9dc3573a15a5c223a5edcff754f15718b5',
  );
});
