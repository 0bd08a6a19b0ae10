import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bestOf, pointsOf, resultOf, resultText, type TrialResult } from '../../src/record/index.ts';

const objective = { metric: 'val/combined', mode: 'max' as const };
const trial = (point: number, value: number | undefined, finished = true): TrialResult => ({
  point,
  axes: { lr: point },
  finished,
  value,
});

test('trials that differ in their seed are one point; the best comes first, equal ones in the order of the sweep', () => {
  const trials = [
    trial(0, 0.5),
    trial(0, 0.7),
    trial(1, Number.NaN),
    trial(2, 0.6),
    trial(2, 0.6),
    trial(3, 0.9, false),
    trial(4, 0.1),
    trial(4, Number.POSITIVE_INFINITY),
  ];
  const points = pointsOf(trials, objective);
  assert.deepEqual(
    points.map(({ axes, values }) => [axes.lr, values]),
    [
      [0, [0.5, 0.7]],
      [2, [0.6, 0.6]],
      [4, [0.1]],
      [1, []],
      [3, []],
    ],
  );
  assert.equal(bestOf(points)!.trial, trials[0]);
  assert.deepEqual(
    pointsOf(trials, { ...objective, mode: 'min' }).map(({ axes }) => axes.lr),
    [4, 0, 2, 1, 3],
  );
  assert.equal(bestOf(pointsOf([trial(1, Number.NaN), trial(3, 0.9, false)], objective)), undefined);
  assert.equal(bestOf(pointsOf([], objective)), undefined);
  // The first that has finished stands for its point.
  const later = [trial(0, 0.9, false), trial(0, 0.4)];
  assert.equal(bestOf(pointsOf(later, objective))!.trial, later[1]);
});

test('the interval of a score ends where the score does; fewer than three seeds are weak', () => {
  // t.ppf(0.975, 2) = 4.30265273
  const three = resultOf([0.8, 0.9, 1], 'val/combined')!;
  assert.ok(Math.abs(three.half! - 0.248414) < 1e-6);
  assert.deepEqual([three.weak, three.n, three.interval![1]], [false, 3, 1]);
  assert.ok(Math.abs(three.interval![0] - (0.9 - 0.248414)) < 1e-6);
  for (const name of [
    'val/identity_top1',
    'test/tar_at_far_1e-2',
    'test/fog/gender_f1',
    'eer',
    'val/gallery_rank5',
    'test/gender_ece',
    'test/challenge_gallery',
  ])
    assert.equal(resultOf([0.8, 0.9, 1], name)!.interval![1], 1, name);
  for (const name of ['val/loss', 'train/images_per_second', 'val/psnr', 'val/combined/x'])
    assert.ok(resultOf([0.8, 0.9, 1], name)!.interval![1] > 1.1, name);
  // In percent it is no score of 0 … 1.
  assert.ok(resultOf([80, 90, 100], 'val/accuracy')!.interval![1] > 100);
  assert.deepEqual(resultOf([0.5], 'val/combined'), { mean: 0.5, n: 1, weak: true });
  assert.equal(resultOf([], 'val/combined'), undefined);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2 }), (values) => {
      const { mean, interval } = resultOf(values, 'val/combined')!;
      const [low, high] = interval!;
      assert.ok(0 <= low && low <= mean + 1e-12 && mean <= high + 1e-12 && high <= 1);
    }),
  );
});

test('a result in words', () => {
  const text = (values: number[], metric = 'val/combined') =>
    resultText(resultOf(values, metric)!, (value) => value.toFixed(3));
  assert.equal(text([0.5]), '0.500');
  assert.equal(text([0.5, 0.51, 0.52]), '0.510 ± 0.025');
  assert.equal(text([0.98, 0.99, 1]), '0.990 (0.965 … 1.000)');
  assert.equal(text([0.5, 0.51]), '0.505 ± 0.064, weak: 2 seeds');
  assert.equal(text([0.5, 2], 'val/loss'), '1.250 ± 9.530, weak: 2 seeds');
});
