import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceText, leadOf, pointName, pointsOf, seedDifference } from '../../src/record/index.ts';

const names = ['A', 'B'] as const;

test('a difference in words', () => {
  const shown = { value: 0.021, interval: [0.004, 0.037] as [number, number] };
  assert.equal(differenceText(shown, { names }), 'B is better by 0.021 [0.004, 0.037]');
  assert.equal(differenceText(shown, { names, mode: 'min' }), 'A is better by 0.021 [0.004, 0.037]');
  assert.equal(
    differenceText({ value: -0.021, interval: [-0.037, -0.004] }, { names }),
    'A is better by 0.021 [0.004, 0.037]',
  );
  assert.equal(
    differenceText({ value: 0.003, interval: [-0.01, 0.016] }, { names }),
    'no difference shown: B − A = 0.003 [−0.010, 0.016]',
  );
  assert.match(differenceText({ value: 0.003 }, { names }), /^no difference shown.*too few/);
});

test('seeds of both are pairs, others are not', () => {
  const of = (...values: [number, number][]) => values.map(([seed, value]) => ({ seed, value }));
  const paired = seedDifference(of([1, 0.5], [2, 0.7], [3, 0.6]), of([2, 0.71], [1, 0.52], [4, 0.9]))!;
  assert.deepEqual([paired.method, paired.seeds], ['paired', [2]]);
  assert.ok(Math.abs(paired.value - 0.015) < 1e-12);
  const welch = seedDifference(of([1, 0.5], [2, 0.7]), of([3, 0.5], [4, 0.9]))!;
  assert.deepEqual([welch.method, welch.seeds], ['welch', [2, 2]]);
  assert.equal(seedDifference([], of([1, 1])), undefined);
});

const trial = (point: number, axes: object, seed: number, value?: number) => ({
  ...{ point, axes: axes as Record<string, unknown>, seed, finished: value !== undefined },
  ...(value === undefined ? {} : { value }),
});
const objective = { metric: 'val/combined', mode: 'max' as const };

test('what won a sweep, and by how much', () => {
  const rows = [
    ...[0.8, 0.81, 0.805].map((value, seed) => trial(0, { 'loss.alpha': 0.5 }, seed, value)),
    ...[0.82, 0.83, 0.826].map((value, seed) => trial(1, { 'loss.alpha': 0.25 }, seed, value)),
  ];
  assert.equal(
    leadOf(pointsOf(rows, objective), objective)!.text,
    'alpha=0.25 has the best val/combined, 0.825: better than the second, alpha=0.5, by 0.020 [0.019, 0.022] (3 seeds, paired).',
  );
  const single = leadOf(pointsOf([rows[0]!, rows[3]!], objective), objective)!;
  assert.match(single.text, /0\.020 ahead of alpha=0\.5: no difference is shown, for one seed/);
  const near = rows.map((row, i) => ({ ...row, value: 0.8 + (i % 3 === 0 ? i / 100 : 0.001) }));
  assert.match(
    leadOf(pointsOf(near, objective), objective)!.text,
    /^alpha=0\.25 has the best .*; no difference to the second, alpha=0\.5, is shown: 0\.010 \[−0\.033, 0\.053\]/,
  );
  const losses = { metric: 'val/loss', mode: 'min' as const };
  assert.match(
    leadOf(pointsOf(rows, losses), losses)!.text,
    /^alpha=0\.5 has .*: better .* by 0\.020 \[0\.019, 0\.022\]/,
  );
  assert.match(leadOf(pointsOf(rows.slice(0, 3), objective), objective)!.text, /no other point/);
  assert.equal(leadOf(pointsOf([trial(0, {}, 1)], objective), objective), undefined);
  const alone = pointsOf([{ ...rows[0]!, axes: {} }], objective);
  assert.match(leadOf(alone, objective)!.text, /^The only point has val\/combined 0\.\d{3}\.$/);
});

test('a point is named by what tells it from others', () => {
  const a = { 'optimizer.lr': 0.001, 'train.lr': 1, 'model.backbone': 'resnet18', same: 1 };
  const b = { 'optimizer.lr': 0.002, 'train.lr': 2, 'model.backbone': 'resnet50', same: 1 };
  assert.equal(pointName(a, [a, b]), 'optimizer.lr=0.001 train.lr=1 backbone=resnet18');
  assert.equal(pointName({ x: 0.1 + 0.2, y: 0.00000258068 }), 'x=0.3 y=2.58e-6');
});
