import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { symmetricBeta } from '../../src/augment/beta.ts';
import { createMixer } from '../../src/augment/index.ts';
import { Random } from '../../src/base/random.ts';
import { resolveConfig } from '../../src/spec/index.ts';

const off = { p: 0, alpha: 1 };
/** Images of one value each: 10, 20, 30, … */
function batch(size: number, side = 8) {
  const length = side * side * 3;
  return {
    images: Uint8Array.from({ length: size * length }, (_, i) => 10 * (1 + Math.floor(i / length))),
    gender: Int8Array.from({ length: size }, (_, k) => (k % 3) - 1),
    identity: Int32Array.from({ length: size }, (_, k) => k - 1),
    size,
  };
}

test('mixup blends each image with the one before it, in the share of its labels', () => {
  const mixer = createMixer({ mixup: { p: 1, alpha: 1 }, cutmix: off })!;
  for (let seed = 0; seed < 20; seed++) {
    const mixed = batch(5);
    const labels = mixer.mix(mixed, new Random(seed, 'mix'))!;
    assert.deepEqual([...labels.identity], [3, -1, 0, 1, 2]);
    assert.deepEqual([...labels.gender], [0, -1, 0, 1, -1]);
    for (let k = 0; k < 5; k++) {
      const expected = labels.lambda[k]! * 10 * (k + 1) + (1 - labels.lambda[k]!) * 10 * (((k + 4) % 5) + 1);
      assert.ok(Math.abs(mixed.images[k * 192]! - expected) <= 0.51);
    }
  }
});

test('cutmix takes a rectangle from the image before, and counts its pixels', () => {
  const mixer = createMixer({ mixup: off, cutmix: { p: 1, alpha: 1 } })!;
  let partly = 0;
  for (let seed = 0; seed < 30; seed++) {
    const mixed = batch(3);
    const labels = mixer.mix(mixed, new Random(seed, 'mix'))!;
    for (let k = 0; k < 3; k++) {
      const values = [...mixed.images.subarray(k * 192, (k + 1) * 192)];
      const own = values.filter((value) => value === 10 * (k + 1)).length;
      const other = values.filter((value) => value === 10 * (((k + 2) % 3) + 1)).length;
      assert.equal(own + other, 192);
      assert.ok(Math.abs(own / 192 - labels.lambda[k]!) < 1e-6);
      if (own > 0 && other > 0) partly++;
    }
  }
  assert.ok(partly > 40);
});

test('either way as often as asked for, never both', () => {
  const mixer = createMixer({ mixup: { p: 0.3, alpha: 1 }, cutmix: { p: 0.2, alpha: 1 } })!;
  const counts = { blended: 0, pasted: 0, none: 0 };
  for (let seed = 0; seed < 3000; seed++) {
    const mixed = batch(2, 4);
    const labels = mixer.mix(mixed, new Random(seed));
    const kinds = new Set(mixed.images);
    if (!labels) counts.none++;
    else if ([...kinds].every((value) => value === 10 || value === 20)) counts.pasted++;
    else counts.blended++;
  }
  assert.ok(Math.abs(counts.none / 3000 - 0.5) < 0.04, JSON.stringify(counts));
  // A blend in a share near 0 or 1 cannot be told from a paste here.
  assert.ok(Math.abs(counts.blended / 3000 - 0.3) < 0.06, JSON.stringify(counts));
});

test('the same seed gives the same bits; a batch of one is left alone; none is made if nothing is mixed', () => {
  const mixer = createMixer({ mixup: { p: 0.5, alpha: 0.2 }, cutmix: { p: 0.5, alpha: 1 } })!;
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 6 }), (seed, size) => {
      const [a, b] = [batch(size), batch(size)];
      assert.deepEqual(mixer.mix(a, new Random(seed)), mixer.mix(b, new Random(seed)));
      assert.deepEqual(a.images, b.images);
      if (size === 1) assert.deepEqual(a, batch(1));
    }),
  );
  assert.equal(createMixer({ mixup: off, cutmix: off }), undefined);
});

test('the beta distribution has its mean and variance', () => {
  for (const alpha of [0.05, 0.2, 1, 8]) {
    const random = new Random(3, 'beta');
    const values = Array.from({ length: 20000 }, () => symmetricBeta(alpha, random));
    assert.ok(values.every((value) => value >= 0 && value <= 1));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const expected = 1 / (4 * (2 * alpha + 1));
    assert.ok(Math.abs(mean - 0.5) < 0.015, `${alpha}: mean ${mean}`);
    assert.ok(Math.abs(variance / expected - 1) < 0.05, `${alpha}: variance ${variance} for ${expected}`);
  }
});

test('bad mixing is refused', () => {
  const refused = (augment: object, code: string) =>
    assert.throws(
      () => resolveConfig({ augment }),
      (error: any) => error.problems[0].code === code,
      JSON.stringify(augment),
    );
  refused({ mixup: { p: 0.6 }, cutmix: { p: 0.5 } }, 'rule-mixing');
  refused({ mixup: { alpha: 0 } }, 'spec-range');
  refused({ cutmix: { p: 2 } }, 'spec-range');
  refused({ mixup: 0.2 }, 'spec-type');
});
