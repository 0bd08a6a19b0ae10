import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intervalOf, normalQuantile, studentT } from '../../src/base/statistics.ts';
import scipy from '../fixtures/statistics/scipy.json' with { type: 'json' };

function near(found: number, expected: number, relative: number, what: string): void {
  const error = Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-3);
  assert.ok(error < relative, `${what}: ${found}, SciPy ${expected}`);
}

test("Student's t is SciPy's for every number of degrees of freedom", () => {
  for (const [freedom, level, value] of scipy.t as [number, number, number][])
    near(studentT(freedom, level), value, 1e-9, `t of ${freedom} at ${level}`);
});

test('the normal quantile is as near to SciPy as its source says', () => {
  for (const [p, value] of scipy.normal as [number, number][])
    near(normalQuantile(p), value, 1.2e-9, `normal quantile of ${p}`);
  assert.ok(Number.isFinite(normalQuantile(0)) && Number.isFinite(normalQuantile(1)));
});

test('an interval of the mean', () => {
  assert.equal(intervalOf([]), undefined);
  assert.deepEqual(intervalOf([3]), { mean: 3, n: 1 });
  const { mean, half, n } = intervalOf([1, 2, 3, 4])!;
  assert.deepEqual([mean, n], [2.5, 4]);
  // scipy.stats.t.interval(0.95, 3, 2.5, sem) ends at 4.5543
  near(half!, 2.054260256760521, 1e-9, 'half');
});
