import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bootstrapDifference,
  type Difference,
  isShown,
  mcnemar,
  pairedDifference,
  pValueText,
  welchDifference,
} from '../../src/base/difference.ts';
import scipy from '../fixtures/statistics/differences.json' with { type: 'json' };

function like(found: Difference | undefined, [value, low, high]: number[], what: string): void {
  for (const [a, b] of [
    [found!.value, value!],
    [found!.interval![0], low!],
    [found!.interval![1], high!],
  ] as const)
    assert.ok(Math.abs(a - b) < 1e-9, `${what}: ${a}, SciPy ${b}`);
}

test('differences of means and their intervals are SciPy’s', () => {
  for (const { first, second, welch, paired } of scipy.samples) {
    like(welchDifference(first, second), welch, `Welch, ${first.length} and ${second.length}`);
    if (paired) like(pairedDifference(first, second), paired, `paired, ${first.length}`);
  }
});

test('too little for an interval shows nothing', () => {
  assert.equal(welchDifference([], [1]), undefined);
  assert.equal(pairedDifference([], []), undefined);
  assert.equal(bootstrapDifference([]), undefined);
  for (const found of [
    welchDifference([1], [2]),
    pairedDifference([1], [2]),
    bootstrapDifference([{ sum: 1, count: 1 }]),
  ]) {
    assert.deepEqual(found, { value: 1 });
    assert.equal(isShown(found!), false);
  }
});

test('McNemar’s exact test is SciPy’s binomial test', () => {
  for (const [b, c, p] of scipy.mcnemar as [number, number, number][])
    assert.ok(Math.abs(mcnemar(b, c) - p) < 1e-9, `${b}, ${c}: ${mcnemar(b, c)}, SciPy ${p}`);
});

test('a p-value is written as it is read', () => {
  assert.deepEqual([0.125, 0.001, 0.00099, 1].map(pValueText), [
    'p = 0.125',
    'p = 0.001',
    'p < 0.001',
    'p = 1.000',
  ]);
});

test('a bootstrap over units covers a difference as often as it says', () => {
  // Of normal differences the percentile bootstrap is the t interval, nearly: mean ± 1.96 s/√n.
  const units = Array.from({ length: 400 }, (_, i) => ({ sum: Math.sin(i * 12.9898) + 0.2, count: 1 }));
  const { value, interval } = bootstrapDifference(units)!;
  const spread = Math.sqrt(units.reduce((sum, unit) => sum + (unit.sum - value) ** 2, 0) / 399 / 400);
  assert.ok(Math.abs(interval![0] - (value - 1.96 * spread)) < 0.1 * spread);
  assert.ok(Math.abs(interval![1] - (value + 1.96 * spread)) < 0.1 * spread);
  assert.deepEqual(bootstrapDifference(units), { value, interval });
});
