import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../../src/trainer/checkpoint/pace.ts';

test('short checkpoints are written whenever there is something new', () => {
  const pace = new Pace(180_000);
  assert.ok(pace.due(0));
  pace.written(0, 40);
  assert.ok(pace.due(41));
});

test('long ones take at most a twentieth of the time, and are never further apart than the interval', () => {
  const pace = new Pace(180_000);
  pace.written(0, 400);
  assert.ok(!pace.due(8_000));
  assert.ok(pace.due(8_400));
  pace.written(8_400, 38_400);
  assert.ok(!pace.due(200_000));
  assert.ok(pace.due(218_400));
});

test('before the first, what it will take is guessed from its size', () => {
  const pace = new Pace(180_000, 200e6, 1_000);
  assert.ok(!pace.due(4_900));
  assert.ok(pace.due(5_000));
  assert.ok(new Pace(180_000, 10e6, 1_000).due(1_000));
  assert.ok(new Pace(0, 200e6, 1_000).due(1_000));
});
