import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, secondsRemaining, trainedPart } from '../../src/record/index.ts';

const pace = { finished: [], running: [], waiting: 0, slots: 1 };

test('waiting trials take what finished ones took, divided among the slots', () => {
  assert.equal(secondsRemaining({ ...pace, finished: [10, 20], waiting: 4 }), 60);
  assert.equal(secondsRemaining({ ...pace, finished: [10, 20], waiting: 4, slots: 3 }), 20);
  assert.equal(secondsRemaining({ ...pace, finished: [10, 20], waiting: 1, slots: 0 }), 15);
});

test('a running trial has done its part, and one that is well on its way tells its own pace', () => {
  assert.equal(secondsRemaining({ ...pace, finished: [10], running: [{ spent: 4 }] }), 6);
  assert.equal(secondsRemaining({ ...pace, finished: [10], running: [{ spent: 40 }] }), 0);
  assert.equal(secondsRemaining({ ...pace, finished: [10], running: [{ spent: 4, fraction: 0.25 }] }), 12);
  assert.equal(secondsRemaining({ ...pace, finished: [10], running: [{ spent: 4, fraction: 0.15 }] }), 6);
  // Nothing has finished yet.
  assert.equal(secondsRemaining({ ...pace, running: [{ spent: 5, fraction: 0.5 }], waiting: 2 }), 25);
  assert.equal(secondsRemaining({ ...pace, running: [{ spent: 5, fraction: 0.05 }], waiting: 2 }), undefined);
  assert.equal(secondsRemaining({ ...pace, waiting: 2 }), undefined);
});

test('the trained part is that of training alone', () => {
  const progress = (more: object) =>
    trainedPart({ type: 'progress', time: 1, done: 3, total: 4, unit: 'epochs', ...more } as Extract<
      Event,
      { type: 'progress' }
    >);
  assert.deepEqual(
    [
      progress({}),
      progress({ stage: 'train' }),
      progress({ stage: 'data' }),
      progress({ total: 0 }),
      progress({ done: 9 }),
    ],
    [0.75, 0.75, undefined, undefined, 1],
  );
  assert.equal(trainedPart(undefined), undefined);
});
