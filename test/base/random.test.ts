import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../../src/base/random.ts';

test('normals are what as many draws of normal are, whatever was drawn before and is drawn after', () => {
  const length = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 16_380, max: 50_000 }));
  fc.assert(
    fc.property(
      fc.integer(),
      length,
      fc.integer({ min: 0, max: 3 }),
      fc.double({ min: 1e-6, max: 1e3 }),
      (seed, count, before, deviation) => {
        const [together, single] = [new Random(seed, 'weights'), new Random(seed, 'weights')];
        for (let i = 0; i < before; i++) assert.equal(together.normal(), single.normal());
        const values = new Float32Array(count);
        together.normals(deviation, values);
        assert.deepEqual(
          values,
          Float32Array.from({ length: count }, () => single.normal(0, deviation)),
        );
        assert.equal(together.normal(), single.normal());
        assert.equal(together.bits(), single.bits());
      },
    ),
    { numRuns: 40 },
  );
});

test('normals have the mean, deviation and tails of the distribution', () => {
  const values = new Float32Array(1_000_000);
  new Random(3, 'tails').normals(2, values);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const beyond = values.filter((value) => Math.abs(value) > 2 * 1.959964).length / values.length;
  // Four standard errors of each.
  assert.ok(Math.abs(mean) < 4 * 0.002, `mean ${mean}`);
  assert.ok(Math.abs(variance - 4) < 4 * 4 * Math.sqrt(2 / 1e6), `variance ${variance}`);
  assert.ok(Math.abs(beyond - 0.05) < 4 * Math.sqrt((0.05 * 0.95) / 1e6), `${beyond} beyond 1.96 deviations`);
});
