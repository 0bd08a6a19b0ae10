import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRun } from '../../src/record/index.ts';
import { panelsOf } from '../../src/report/charts/panels.ts';
import { readConfusion, rowShares } from '../../src/report/confusion.ts';
import { bestPoint, curvesOf, thin } from '../../src/report/curves.ts';
import { confusion, makeRun, runsFolder, usualEpochs } from './support/records.ts';

const event = (step: number, epoch: number, values: Record<string, number>) =>
  ({ type: 'metric', time: 1, step, epoch, values }) as const;

test('curves count epochs, or steps if there are none; the last value of an x counts and test is no curve', () => {
  const { unit, byName } = curvesOf({
    metrics: [event(2, 2, { a: 3 }), event(1, 1, { a: 1 }), event(2, 2, { a: 5, 'test/a': 1 })],
  });
  assert.equal(unit, 'epoch');
  assert.deepEqual(
    [...byName],
    [
      [
        'a',
        [
          { x: 1, y: 1 },
          { x: 2, y: 5 },
        ],
      ],
    ],
  );
  assert.equal(curvesOf({ metrics: [event(7, 0, { a: 1 })] }).unit, 'step');
});

test('the best point is the first of the best that are numbers', () => {
  const points = [Number.NaN, 3, 1, 3, Number.POSITIVE_INFINITY].map((y, x) => ({ x, y }));
  assert.deepEqual(bestPoint(points, 'max'), { x: 1, y: 3 });
  assert.deepEqual(bestPoint(points, 'min'), { x: 2, y: 1 });
  assert.equal(bestPoint([{ x: 1, y: Number.NaN }], 'max'), undefined);
});

test('long curves are thinned and keep their extremes, their order and that something was no number', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 300, maxLength: 600 }), (values) => {
      const points = values.map((y, x) => ({ x, y }));
      const kept = thin(points, 100);
      assert.ok(kept.length <= 140);
      for (const mode of ['min', 'max'] as const)
        assert.equal(bestPoint(kept, mode)?.y, bestPoint(points, mode)?.y);
      assert.equal(
        kept.some(({ y }) => !Number.isFinite(y)),
        points.some(({ y }) => !Number.isFinite(y)),
      );
      assert.deepEqual(
        kept.map(({ x }) => x),
        kept.map(({ x }) => x).toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 50 },
  );
});

test('the panels are those of the metrics that are there', (t) => {
  const titles = (epochs: Record<string, number>[], monitor = 'val/combined') => {
    const dir = makeRun({ runs: runsFolder(t), epochs });
    const { panels, left } = panelsOf(curvesOf(readRun(dir)), monitor);
    return [panels.map(({ title }) => title), left];
  };
  assert.deepEqual(titles(usualEpochs(2)), [
    [
      'Loss',
      'Loss of each task',
      'Gender',
      'Identity',
      'Combined score, validation',
      'Learning rate',
      'Throughput',
    ],
    0,
  ]);
  assert.deepEqual(titles([{ 'train/error': 1, 'val/error': 2, depth: 3 }], 'val/error'), [
    ['val/error', 'error', 'depth'],
    0,
  ]);
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`m${i}`, i]));
  assert.equal(titles([many])[1], 18);
});

test('a confusion matrix that is none is left out', (t) => {
  const runs = runsFolder(t);
  const read = (value: unknown) => readConfusion(makeRun({ runs, confusion: value }));
  const found = read(confusion)!;
  assert.deepEqual(rowShares(found), [
    [0.8, 0.2],
    [0, 1],
  ]);
  assert.deepEqual(
    rowShares({
      ...found,
      matrix: [
        [0, 0],
        [1, 1],
      ],
    }),
    [
      [0, 0],
      [0.5, 0.5],
    ],
  );
  for (const bad of [
    [],
    {},
    { labels: ['a'], matrix: [[1, 2]] },
    { labels: ['a'], matrix: [['1']] },
    { labels: [], matrix: [] },
    { labels: ['a'], matrix: 3 },
  ])
    assert.equal(read(bad), undefined, JSON.stringify(bad));
});
