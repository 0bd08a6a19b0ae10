import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAugmenter, effects, policies } from '../../src/augment/index.ts';
import { atStrength, strengthAt } from '../../src/augment/strength.ts';
import { Random } from '../../src/base/random.ts';
import { drawPicture, makePerson } from '../../src/data/faces/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';

const size = 40;
const clean = drawPicture(makePerson(1, 2), { seed: 1, picture: 3, size });
const defaults = (effect: (typeof effects)[number]) =>
  Object.fromEntries(
    Object.entries<{ default: unknown }>(effect.parameters).map(([name, schema]) => [name, schema.default]),
  );
/** Mean distance from the clean image over several draws. */
function distance(effect: string, strength: number): number {
  const augmenter = createAugmenter([{ effect, p: 1 }], size, { strength });
  let sum = 0;
  for (let i = 0; i < 12; i++) {
    const pixels = clean.slice();
    augmenter.apply(pixels, new Random(i, 'strength'));
    for (const [k, value] of pixels.entries()) sum += Math.abs(value - clean[k]!);
  }
  return sum / 12 / clean.length;
}

test('the schedule is linear between its points and constant outside', () => {
  const points = [
    { epoch: 3, strength: 0.2 },
    { epoch: 7, strength: 1 },
    { epoch: 8, strength: 0 },
  ];
  const found = [1, 3, 5, 7, 8, 20].map((epoch) => strengthAt(2, points, epoch - 1));
  for (const [k, expected] of [0.4, 0.4, 1.2, 2, 0, 0].entries())
    assert.ok(Math.abs(found[k]! - expected) < 1e-12, String(found));
  assert.equal(strengthAt(0.7, [], 4), 0.7);
  assert.equal(strengthAt(0.5, [{ epoch: 4, strength: 3 }], 9), 1.5);
});

for (const effect of effects.filter(({ name }) => name !== 'horizontal_flip'))
  test(`${effect.name}: nothing at strength 0, more at 1 than at a half`, () => {
    // A crop or a turn between pixels may differ by rounding.
    assert.ok(distance(effect.name, 0) < 0.6, `${distance(effect.name, 0)}`);
    assert.ok(distance(effect.name, 1) > distance(effect.name, 0.5) * 0.98);
    assert.ok(distance(effect.name, 1) > 0.6);
  });

test('strength keeps within the bounds of the schema, and whole numbers whole', () => {
  for (const effect of effects) {
    const strong = atStrength(effect, defaults(effect), 10);
    for (const [name, schema] of Object.entries<any>(effect.parameters)) {
      const bounds = schema.items ?? schema;
      for (const value of [strong[name]].flat() as number[]) {
        if (typeof value !== 'number') continue;
        assert.ok(value >= (bounds.minimum ?? -Infinity) && value <= (bounds.maximum ?? Infinity), name);
        if (bounds.type === 'integer') assert.ok(Number.isInteger(value), name);
      }
    }
    assert.deepEqual(atStrength(effect, defaults(effect), 1), defaults(effect));
  }
});

test('a schedule out of order, before the first epoch or negative is refused', () => {
  for (const schedule of [
    [
      { epoch: 3, strength: 1 },
      { epoch: 3, strength: 0 },
    ],
    [
      { epoch: 5, strength: 1 },
      { epoch: 2, strength: 0 },
    ],
    [{ epoch: 0, strength: 1 }],
    [{ epoch: 1, strength: -1 }],
    [{ epoch: 1.5, strength: 1 }],
    [{ epoch: 1 }],
  ])
    assert.throws(() => resolveConfig({ augment: { schedule } }), { exitCode: 2 }, JSON.stringify(schedule));
  assert.throws(() => resolveConfig({ augment: { strength: -0.1 } }), { exitCode: 2 });
  resolveConfig({
    augment: {
      schedule: [
        { epoch: 1, strength: 0 },
        { epoch: 9, strength: 2 },
      ],
    },
  });
});

test('the named policies keep to the schema', () => {
  for (const { effects: policy } of Object.values(policies)) resolveConfig({ augment: { policy } });
});
