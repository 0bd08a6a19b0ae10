import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Lifetime, planArena } from '../../../src/tensor/onednn/arena.ts';

const buffers = fc.array(
  fc.record({ bytes: fc.integer({ min: 0, max: 5000 }), first: fc.nat(40), length: fc.nat(20) }),
  { maxLength: 60 },
);

const lifetime = ({ bytes, first, length }: { bytes: number; first: number; length: number }): Lifetime => ({
  bytes,
  first,
  last: first + length,
});

const alive = (a: Lifetime, b: Lifetime) => a.first <= b.last && b.first <= a.last;

test('buffers that are alive together do not overlap, and each is aligned and within the arena', () => {
  fc.assert(
    fc.property(buffers, (drawn) => {
      const lives = drawn.map(lifetime);
      const { offsets, bytes } = planArena(lives);
      for (const [i, a] of lives.entries()) {
        assert.equal(offsets[i]! % 64, 0);
        assert.ok(offsets[i]! + a.bytes <= bytes || a.bytes === 0);
        for (const [j, b] of lives.entries()) {
          if (j <= i || a.bytes === 0 || b.bytes === 0 || !alive(a, b)) continue;
          const apart = offsets[i]! + a.bytes <= offsets[j]! || offsets[j]! + b.bytes <= offsets[i]!;
          assert.ok(apart, `${JSON.stringify([a, b])} at ${offsets[i]} and ${offsets[j]}`);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('the arena holds no more than the most that is alive at once, with what lies between', () => {
  fc.assert(
    fc.property(buffers, (drawn) => {
      const lives = drawn.map(lifetime);
      const size = ({ bytes }: Lifetime) => Math.ceil(bytes / 64) * 64;
      const sum = lives.reduce((total, one) => total + size(one), 0);
      let peak = 0;
      for (let at = 0; at <= 60; at++)
        peak = Math.max(
          peak,
          lives
            .filter(({ first, last }) => first <= at && at <= last)
            .reduce((total, one) => total + size(one), 0),
        );
      const { bytes } = planArena(lives);
      assert.ok(bytes >= peak && bytes <= sum, `${peak} <= ${bytes} <= ${sum}`);
    }),
  );
});

test('buffers one after another share a place', () => {
  const chain = Array.from({ length: 10 }, (_, i) => ({
    bytes: 64 * (i + 1),
    first: 2 * i,
    last: 2 * i + 1,
  }));
  assert.equal(planArena(chain).bytes, 640);
});
