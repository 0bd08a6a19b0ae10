import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBalance } from '../../../src/model/index.ts';
import { resolveConfig } from '../../../src/spec/index.ts';
import type { CheckpointInfo } from '../../../src/trainer/checkpoint/checkpoint.ts';
import { endsThere, firstOtherEpoch } from '../../../src/trainer/checkpoint/extend.ts';
import { startState } from '../../../src/trainer/state.ts';

const withFlags = (...set: string[]) => resolveConfig({}, { set });

/** A run of these flags that has trained so many epochs of ten steps. */
function trained(epochs: number, ...set: string[]): CheckpointInfo {
  const state = {
    ...startState({}, createBalance(withFlags().loss).start()),
    epoch: epochs,
    step: epochs * 10,
  };
  return { config: withFlags(...set), dataHash: '', identities: [], precision: 'float32', state };
}

test('whether the epochs that are done would have been the same in a longer training', () => {
  for (const [first, ...flags] of [
    [undefined, 'schedule=constant'],
    [undefined, 'schedule=plateau'],
    [undefined, 'schedule=step', 'schedule.milestones=[3, 12]'],
    [undefined, 'schedule=constant', 'schedule.warmup=2'],
    [1, 'schedule=cosine'],
    [1, 'schedule=polynomial'],
    [1, 'schedule=one_cycle'],
    // Cut to half of the training.
    [1, 'schedule=constant', 'schedule.warmup=12'],
    [undefined, 'schedule=constant', 'train.phases=[{epochs: 2, train: [heads]}, {epochs: 9, lr: 0.1}]'],
  ] as const) {
    const done = trained(8, 'train.epochs=10', ...flags);
    assert.equal(firstOtherEpoch(done, withFlags('train.epochs=20', ...flags)), first, flags.join(' '));
  }
  // The first phase is as long as before.
  const phased = ['schedule=cosine', 'train.phases=[{epochs: 4, train: [heads]}, {epochs: 6, train: ["*"]}]'];
  assert.equal(
    firstOtherEpoch(trained(8, 'train.epochs=10', ...phased), withFlags('train.epochs=20', ...phased)),
    5,
  );
});

test('whether a training would end where it is', () => {
  const done = trained(8, 'train.epochs=8');
  assert.equal(endsThere(done, withFlags('train.epochs=8')), true);
  assert.equal(endsThere(done, withFlags('train.epochs=9')), false);
});
