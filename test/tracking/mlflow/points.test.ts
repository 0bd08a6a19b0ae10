import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, eventsFile } from '../../../src/record/index.ts';
import { Points } from '../../../src/tracking/mlflow/points.ts';

const metric = (step: number, values: Record<string, number>, time = step): Event => ({
  type: 'metric',
  time,
  step,
  epoch: 0,
  values,
});
const finished = (metrics: Record<string, number>): Event => ({ type: 'finished', time: 99, metrics });
const make = (own = true) => new Points({ own, start: 1 });
const all = (points: Points, events: Event[]) =>
  events.flatMap((event) => points.of(event)).map(({ key, step, value }) => [key, step, value]);

test('a point that is told again for a step is there as it was told first', () => {
  assert.deepEqual(
    all(make(), [
      metric(1, { a: 1 }),
      metric(2, { a: 2, b: 1 }),
      metric(1, { a: 3 }),
      metric(2, { b: 4, c: 5 }),
    ]),
    [
      ['a', 1, 1],
      ['a', 2, 2],
      ['b', 2, 1],
      ['c', 2, 5],
    ],
  );
});

test('scores of the first end are at step 0, those of a later one at their step', () => {
  const end = (step: number) => [
    metric(step, { 'test/x': step }),
    finished({ 'val/x': step, 'test/x': step, score: step }),
  ];
  assert.deepEqual(all(make(), [metric(4, { 'val/x': 4 }), ...end(5), ...end(9)]), [
    ['val/x', 4, 4],
    ['test/x', 0, 5],
    ['val_best/x', 0, 5],
    ['final/score', 0, 5],
    ['test/x', 9, 9],
    ['val_best/x', 9, 9],
    ['final/score', 9, 9],
  ]);
});

test('a trainer of another make may have a curve of the test', () => {
  assert.deepEqual(
    all(make(false), [metric(1, { 'test/x': 1 }), metric(2, { 'test/x': 2 }), finished({ 'test/x': 2 })]),
    [
      ['test/x', 1, 1],
      ['test/x', 2, 2],
    ],
  );
});

test('the points are the same wherever the sending was interrupted, and each is there once', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facecom-points-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const name = fc.constantFrom('train/a', 'val/b', 'test/c', 'c');
  const value = fc.integer({ min: 0, max: 3 });
  const event = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(value, fc.dictionary(name, value)).map(([step, values]) => metric(step, values)),
    },
    fc.dictionary(name, value).map(finished),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), fc.nat(), fc.boolean(), (events, cut, own) => {
      const whole = all(make(own), events);
      assert.equal(new Set(whole.map(([key, step]) => `${key} ${step}`)).size, whole.length);
      const at = events.length === 0 ? 0 : cut % events.length;
      const lines = events.map((one) => `${JSON.stringify(one)}\n`);
      writeFileSync(eventsFile(folder), lines.slice(0, at).join(''));
      const { size } = statSync(eventsFile(folder));
      writeFileSync(eventsFile(folder), lines.join(''));
      const before = all(make(own), events.slice(0, at));
      const rest = all(make(own).skip(folder, size), events.slice(at));
      assert.deepEqual([...before, ...rest], whole);
    }),
  );
});
