import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FacecomError } from '../../src/base/errors.ts';
import type { PictureEntry } from '../../src/data/dataset.ts';
import { type SplitSettings, sides, splitPictures } from '../../src/data/split.ts';
import { versionsOf } from '../../src/data/versions.ts';

const settings = (over: Partial<SplitSettings> = {}): SplitSettings => ({
  train: 0.7,
  validation: 0.15,
  test: 0.15,
  by: 'image',
  seed: 42,
  ...over,
});

const entry = (person: string | undefined, groups: string[], name = groups[0]!): PictureEntry => ({
  name,
  gender: 0,
  person,
  groups,
});

/** Images of a few identities, some joined by shared groups, some of nobody known. */
const collections = fc
  .array(
    fc.record({
      person: fc.option(fc.nat(7), { nil: undefined, freq: 8 }),
      shared: fc.option(fc.nat(30), { nil: undefined, freq: 3 }),
    }),
    { minLength: 12, maxLength: 90 },
  )
  .map((pictures) =>
    pictures.map(({ person, shared }, i) =>
      entry(person === undefined ? undefined : `p${person}`, [
        `own ${i}`,
        ...(shared === undefined ? [] : [`shared ${person} ${shared}`]),
      ]),
    ),
  );

test('every image is on one side, versions of an image and identities are not parted, training knows everyone', () => {
  fc.assert(
    fc.property(
      collections,
      fc.constantFrom('image' as const, 'identity' as const),
      fc.nat(1000),
      (entries, by, seed) => {
        let split: ReturnType<typeof splitPictures>;
        try {
          split = splitPictures(entries, settings({ by, seed }));
        } catch (error) {
          // So few that a side stays empty.
          return error instanceof FacecomError && error.code === 'data-split';
        }
        const all = sides.flatMap((side) => split[side]).sort((a, b) => a - b);
        assert.deepEqual(all, [...entries.keys()]);
        const sideOf = new Map(sides.flatMap((side) => split[side].map((i) => [i, side] as const)));
        const first = new Map<string, string>();
        for (const [i, { groups, person }] of entries.entries())
          for (const key of by === 'identity' && person ? [...groups, person] : groups) {
            if (!first.has(key)) first.set(key, sideOf.get(i)!);
            assert.equal(sideOf.get(i), first.get(key), `${key} is parted`);
          }
        if (by === 'image') {
          const known = new Set(split.train.map((i) => entries[i]!.person));
          for (const { person } of entries) assert.ok(known.has(person));
        }
        assert.deepEqual(splitPictures(entries, settings({ by, seed })), split);
        return true;
      },
    ),
    { numRuns: 200 },
  );
});

test('fractions are met for each identity and for all', () => {
  const entries = Array.from({ length: 400 }, (_, i) => entry(`p${Math.floor(i / 10)}`, [`${i}`]));
  const split = splitPictures(entries, settings());
  assert.deepEqual(
    sides.map((side) => split[side].length),
    [280, 60, 60],
  );
  const perPerson = new Map<string, number>();
  for (const i of split.train)
    perPerson.set(entries[i]!.person!, (perPerson.get(entries[i]!.person!) ?? 0) + 1);
  for (const count of perPerson.values()) assert.ok(count >= 6 && count <= 8, `${count}`);
});

test('another seed gives another split', () => {
  const entries = Array.from({ length: 60 }, (_, i) => entry(`p${i % 6}`, [`${i}`]));
  assert.notDeepEqual(
    splitPictures(entries, settings({ seed: 1 })),
    splitPictures(entries, settings({ seed: 2 })),
  );
});

test('fractions that do not add up, and too few images, are refused', () => {
  const entries = [entry('a', ['1']), entry('b', ['2'])];
  assert.throws(() => splitPictures(entries, settings({ train: 0.9 })), {
    code: 'data-split',
    exitCode: 2,
    message: /add up/,
  });
  assert.throws(() => splitPictures(entries, settings()), { code: 'data-split', message: /too few/ });
  const { validation, test: held } = splitPictures(entries, settings({ train: 1, validation: 0, test: 0 }));
  assert.deepEqual([validation, held], [[], []]);
});

test('names of distorted versions lead back to their image', () => {
  const names = [
    'ann.jpg',
    'distortion/ann_foggy.jpg',
    'distorted/ann_lowlight.png',
    'ann (3).jpg',
    'ann_sunny.jpg',
    'anna.jpg',
    'ben/ann.jpg',
    'IMG (1).jpg',
    'IMG (9).jpg',
  ];
  const groups = versionsOf(names).map((version) => version.groups[0]);
  for (const i of [1, 2, 3, 4]) assert.equal(groups[i], groups[0], names[i]);
  assert.equal(new Set(groups.slice(4)).size, 5, 'others stand alone, a file manager’s numbers among them');
});
