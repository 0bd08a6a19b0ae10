import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedMemory, isFlat, sizesUpTo, suggestSize } from '../../../src/trainer/tune/batch-sizes.ts';
import { RateCurve, rateOf, suggestRate } from '../../../src/trainer/tune/rates.ts';

/** A loss that stays until 1e-5, falls until 1e-2, and rises without end above 1e-1. */
function lossAt(lr: number): number {
  const log = Math.log10(lr);
  if (log < -5) return 4;
  if (log < -2) return 4 - 3 * ((log + 5) / 3) ** 2;
  return log < -1 ? 1 : 1 + 40 * (log + 1);
}

function curveOf(loss: (lr: number) => number, steps = 200): RateCurve {
  const curve = new RateCurve();
  for (let i = 0; i < steps && !curve.diverged; i++) {
    const lr = rateOf(i, steps, 1e-7, 10);
    curve.add(lr, loss(lr));
  }
  return curve;
}

test('rates rise evenly on a logarithmic scale from one end to the other', () => {
  const rates = Array.from({ length: 9 }, (_, i) => rateOf(i, 9, 1e-7, 10));
  assert.ok(Math.abs(rates[0]! - 1e-7) < 1e-20 && Math.abs(rates[8]! - 10) < 1e-9);
  for (let i = 1; i < 9; i++) assert.ok(Math.abs(rates[i]! / rates[i - 1]! - 10) < 1e-9);
});

test('the suggested rate lies where the loss falls fastest, and the test ends where it diverges', () => {
  const curve = curveOf(lossAt);
  assert.ok(curve.diverged);
  assert.ok(curve.points.at(-1)!.lr < 10);
  const { lr, lowest } = suggestRate(curve.points)!;
  // The loss is steepest right below 1e-2; its average follows some steps later.
  assert.ok(lr > 1e-3 && lr < 3e-2, String(lr));
  assert.ok(lowest > lr && lowest < 0.3, String(lowest));
});

test('a loss that never falls, or at once is no number, suggests nothing', () => {
  assert.equal(suggestRate(curveOf(() => 2).points), undefined);
  assert.equal(suggestRate(curveOf((lr) => 1 + lr).points), undefined);
  const broken = curveOf(() => Number.NaN);
  assert.ok(broken.diverged);
  assert.equal(suggestRate(broken.points), undefined);
});

const measured = (size: number, imagesPerSecond: number, memory: number) => ({
  size,
  imagesPerSecond,
  memory,
});

test('the smallest batch that is as fast as the fastest is suggested', () => {
  const found = [measured(8, 50, 100), measured(16, 78, 120), measured(32, 80, 160), measured(64, 81, 240)];
  assert.equal(suggestSize(found)!.size, 16);
  assert.equal(suggestSize([]), undefined);
  assert.equal(isFlat(found), false);
  assert.equal(isFlat([...found, measured(128, 80, 400)]), true);
});

test('memory is continued in a straight line, and never falls', () => {
  assert.equal(expectedMemory([], 8), 0);
  assert.equal(expectedMemory([measured(8, 1, 100)], 16), 100);
  assert.equal(expectedMemory([measured(8, 1, 100), measured(16, 1, 180)], 32), 340);
  assert.equal(expectedMemory([measured(8, 1, 100), measured(16, 1, 90)], 32), 90);
});

test('sizes are powers of two up to the images', () => {
  assert.deepEqual(sizesUpTo(20, 2), [2, 4, 8, 16]);
  assert.deepEqual(sizesUpTo(1, 2), []);
});
