import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compositions } from '../../src/augment/compositions/index.ts';
import type { Part } from '../../src/augment/compositions/types.ts';
import { createAugmenter } from '../../src/augment/index.ts';
import { limited } from '../../src/augment/limit.ts';
import { Random } from '../../src/base/random.ts';
import { resolveConfig } from '../../src/spec/index.ts';

const parts = (...ps: number[]): Part<number>[] => ps.map((p, k) => ({ p, draw: () => [k] }));
const named = (name: string) => compositions.find((composition) => composition.name === name)!;
/** How often each part was drawn in 6000 draws, as a share. */
function frequencies(name: string, of: Part<number>[], parameters = {}): number[] {
  const counts = of.map(() => 0);
  for (let i = 0; i < 6000; i++)
    for (const k of named(name).draw(of, parameters, new Random(i, name))) counts[k]!++;
  return counts.map((count) => count / 6000);
}
const near = (found: number[], expected: number[]) =>
  found.every((value, k) => Math.abs(value - expected[k]!) < 0.03);

test('one_of chooses exactly one, by weight', () => {
  const found = frequencies('one_of', parts(0.6, 0, 0.2));
  assert.ok(near(found, [0.75, 0, 0.25]), String(found));
  assert.equal(found[1], 0);
  assert.deepEqual(named('one_of').draw(parts(0, 0), {}, new Random(1)), []);
});

test('some_of chooses n alike, each with its own probability, in order', () => {
  const found = frequencies('some_of', parts(1, 0.5, 1, 0), { n: 2 });
  assert.ok(near(found, [0.5, 0.25, 0.5, 0]), String(found));
  for (let i = 0; i < 50; i++) {
    const drawn = named('some_of').draw(parts(1, 1, 1, 1), { n: 3 }, new Random(i));
    assert.equal(drawn.length, 3);
    assert.deepEqual(drawn, drawn.toSorted());
  }
});

test('sequence gives each with its own probability', () => {
  assert.ok(near(frequencies('sequence', parts(1, 0.3, 0)), [1, 0.3, 0]));
});

test('compositions nest, and an effect of p 0 in one_of is never chosen', () => {
  const policy = [
    {
      effect: 'one_of',
      p: 1,
      effects: [
        { effect: 'brightness_contrast', p: 0 },
        {
          effect: 'sequence',
          p: 1,
          effects: [
            { effect: 'horizontal_flip', p: 1 },
            { effect: 'horizontal_flip', p: 1 },
          ],
        },
      ],
    },
  ];
  const pixels = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
  const before = pixels.slice();
  for (let i = 0; i < 20; i++) createAugmenter(policy, 10).apply(pixels, new Random(i));
  assert.deepEqual(pixels, before);
});

test('no more than the limit meet, one of them of the light; order is kept and geometry not counted', () => {
  const kind = fc.constantFrom('light' as const, 'other' as const, 'geometry' as const);
  fc.assert(
    fc.property(
      fc.array(kind, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(),
      (kinds, most, seed) => {
        const steps = kinds.map((kind, at) => ({ effect: { kind }, at }));
        const kept = limited(steps, most, new Random(seed));
        const count = (kind: string) => kept.filter(({ effect }) => effect.kind === kind).length;
        const lights = kinds.filter((kind) => kind === 'light').length;
        const others = kinds.filter((kind) => kind === 'other').length;
        assert.ok(count('light') <= 1);
        assert.equal(count('light') + count('other'), Math.min(most, Math.min(1, lights) + others));
        assert.equal(count('geometry'), kinds.length - lights - others);
        assert.deepEqual(
          kept,
          steps.filter((step) => kept.includes(step)),
        );
      },
    ),
  );
});

test('what the limit takes away is drawn: none is favoured', () => {
  const steps = (['light', 'light', 'other', 'other'] as const).map((kind, at) => ({ effect: { kind }, at }));
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 6000; i++) for (const { at } of limited(steps, 2, new Random(i))) counts[at]!++;
  assert.ok(
    near(
      counts.map((count) => count / 6000),
      [1 / 3, 1 / 3, 2 / 3, 2 / 3],
    ),
    String(counts),
  );
});

test('bad compositions are refused at their place', () => {
  const refused = (policy: unknown, code: string, path: string) =>
    assert.throws(
      () => resolveConfig({ name: 'test', augment: { policy } }),
      (error: any) => error.problems.some((problem: any) => problem.code === code && problem.path === path),
      JSON.stringify(policy),
    );
  refused([{ effect: 'one_of', effects: [] }], 'spec-range', 'augment.policy[0].effects');
  refused([{ effect: 'one_of' }], 'spec-missing-key', 'augment.policy[0].effects');
  refused(
    [{ effect: 'one_of', effects: [{ effect: 'snow' }] }],
    'spec-enum',
    'augment.policy[0].effects[0].effect',
  );
  refused(
    [{ effect: 'one_of', effects: [{ effect: 'fog', p: 0 }] }],
    'rule-compositions',
    'augment.policy[0].effects',
  );
  refused(
    [{ effect: 'some_of', n: 3, effects: [{ effect: 'fog' }, { effect: 'rain' }] }],
    'rule-compositions',
    'augment.policy[0].n',
  );
  refused(
    [
      {
        effect: 'sequence',
        effects: [{ effect: 'one_of', effects: [{ effect: 'affine', rotate: [5, -5] }] }],
      },
    ],
    'rule-range',
    'augment.policy[0].effects[0].effects[0].rotate',
  );
  assert.throws(() => createAugmenter([{ effect: 'one_of', effects: [] }], 8), { code: 'augment-policy' });
  assert.throws(() => createAugmenter([{ effect: 'some_of', effects: [{ effect: 'snow' }] }], 8), {
    code: 'augment-policy',
    found: 'snow',
  });
  assert.throws(() => createAugmenter('toString', 8), { code: 'augment-policy' });
});
