import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { resolveConfig } from '../../../src/spec/index.ts';
import { createSampler } from '../../../src/trainer/sampling/index.ts';

const labels = (identity: number[], gender = identity.map((one) => (one < 0 ? -1 : one % 2))) => ({
  size: identity.length,
  gender: Int8Array.from(gender),
  identity: Int32Array.from(identity),
});
const sampler = (train: object, of: ReturnType<typeof labels>) =>
  createSampler(resolveConfig({ train }).train, of, 1)!;
const people = Array.from({ length: 40 }, (_, i) => (i < 24 ? 0 : 1 + (i % 4)));

describe('samplers', () => {
  it('shuffle needs none', () =>
    assert.equal(createSampler(resolveConfig({}).train, labels(people), 1), undefined));

  it('an epoch is a function of seed and epoch, and as long as it says', () => {
    for (const train of [
      { sampler: { name: 'gender_balanced' } },
      { sampler: { name: 'identity_balanced' } },
      { sampler: { name: 'pk', identities: 4, images: 2 }, batch_size: 8 },
      { max_per_identity: 3 },
      { max_identities: 2 },
    ]) {
      const one = sampler(train, labels(people));
      const order = one.order({ seed: 1, epoch: 2 });
      assert.equal(order.length, one.size);
      assert.deepEqual(one.order({ seed: 1, epoch: 2 }), order);
      assert.notDeepEqual(one.order({ seed: 1, epoch: 3 }), order);
      assert.ok(order.every((i) => i >= 0 && i < people.length));
    }
  });

  it('balanced ones show each class alike', () => {
    const order = sampler({ sampler: { name: 'identity_balanced' } }, labels(people)).order({
      seed: 1,
      epoch: 0,
    });
    const first = [...order].filter((i) => people[i] === 0).length / order.length;
    assert.ok(first < 0.45, `${first} of the most frequent identity, which has 0.6 of the images`);
  });

  it('at most so many images of an identity, and so many identities', () => {
    const capped = sampler({ max_per_identity: 3 }, labels([...people, -1])).order({ seed: 1, epoch: 0 });
    assert.equal(capped.length, 5 * 3 + 1);
    assert.equal(new Set(capped).size, capped.length);
    const few = sampler({ max_identities: 2 }, labels(people)).order({ seed: 1, epoch: 0 });
    assert.equal(new Set([...few].map((i) => people[i])).size, 2);
  });

  it('pk: every batch holds its identities with their images, no image twice where they suffice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1, max: 5 }), { minLength: 30, maxLength: 60 }),
        fc.integer({ min: 2, max: 3 }),
        fc.integer({ min: 2, max: 4 }),
        (identity, identities, images) => {
          const counts = new Map<number, number>();
          for (const one of identity) if (one >= 0) counts.set(one, (counts.get(one) ?? 0) + 1);
          fc.pre(counts.size >= identities && [...counts.values()].some((count) => count > 1));
          const size = identities * images;
          const train = { sampler: { name: 'pk', identities, images }, batch_size: size };
          const order = sampler(train, labels(identity)).order({ seed: 3, epoch: 1 });
          for (let start = 0; start < order.length; start += size) {
            const batch = [...order.subarray(start, start + size)];
            const shown = new Set(batch.map((i) => identity[i]!));
            assert.equal(shown.size, identities);
            for (const person of shown) {
              const own = batch.filter((i) => identity[i] === person);
              assert.equal(own.length, images);
              assert.equal(new Set(own).size, Math.min(images, counts.get(person)!));
            }
          }
        },
      ),
    );
  });

  it('too few identities or classes are refused', () => {
    const code = (train: object, of: ReturnType<typeof labels>) => {
      try {
        sampler(train, of);
      } catch (error) {
        return (error as { code: string }).code;
      }
      return undefined;
    };
    const pk = { sampler: { name: 'pk', identities: 8, images: 4 } };
    assert.equal(code(pk, labels(people)), 'sampler-pk');
    assert.equal(code({ sampler: { name: 'gender_balanced' } }, labels([0, 0, 2])), 'sampler-classes');
  });
});
