import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countEpoch, isBetter, isOver, startStopping } from '../../src/trainer/early-stopping.ts';

test('stops after `patience` epochs without a better score; an equal one is not better', () => {
  let state = startStopping();
  const over = [0.5, 0.6, 0.6, 0.4, 0.7, 0.7, 0.1, 0.2].map((score) => {
    state = countEpoch(state, score, 'max');
    return isOver(state, 3);
  });
  assert.deepEqual(over, [false, false, false, false, false, false, false, true]);
  assert.equal(state.best, 0.7);
});

test('a metric that is to fall is better when it is lower', () => {
  assert.equal(isBetter(0.4, 0.5, 'min'), true);
  assert.equal(isBetter(0.6, 0.5, 'min'), false);
  assert.equal(isBetter(9, null, 'min'), true);
});
