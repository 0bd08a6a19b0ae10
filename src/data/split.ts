import { FacecomError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { PictureEntry } from './dataset.ts';

export interface SplitSettings {
  train: number;
  validation: number;
  test: number;
  by: 'image' | 'identity';
  seed: number;
}

export const sides = ['train', 'validation', 'test'] as const;
export type Side = (typeof sides)[number];

/** Positions of the pictures of each side, rising. */
export type Split = Record<Side, number[]>;

/**
 * Divides the pictures by the seed. `by: image` divides each person's pictures, so that each side holds every person in
 * proportion and training holds each; `by: identity` divides the people. Pictures of one group are never parted.
 * Throws `data-split` where the fractions do not add up to 1 or a side that should hold pictures gets none.
 */
export function splitPictures(entries: readonly PictureEntry[], settings: SplitSettings): Split {
  const total = settings.train + settings.validation + settings.test;
  if (Math.abs(total - 1) > 1e-6)
    throw new FacecomError('data-split', 'The fractions of data.split do not add up to 1.', {
      found: sides.map((side) => `${side} ${settings[side]}`).join(', '),
      expected: `a sum of 1, not ${+total.toFixed(6)}`,
      remedy: 'Set data.split.train, data.split.validation and data.split.test together.',
      exitCode: 2,
    });
  const strata = settings.by === 'image' ? peopleWithGroups(entries) : [wholePeople(entries)];
  const split: Split = { train: [], validation: [], test: [] };
  // What each side still lacks of its share, carried from person to person, so that rounding does not add up.
  const owed: Record<Side, number> = { train: 0, validation: 0, test: 0 };
  const random = new Random(settings.seed, 'split', settings.by);
  for (const units of random.shuffle(strata)) {
    const size = units.reduce((sum, unit) => sum + unit.length, 0);
    for (const side of sides) owed[side] += settings[side] * size;
    random.shuffle(units);
    for (const [k, unit] of units.entries()) {
      const side =
        k === 0 ? 'train' : sides.reduce((best, other) => (owed[other] > owed[best] + 1e-9 ? other : best));
      owed[side] -= unit.length;
      split[side].push(...unit);
    }
  }
  for (const side of sides) {
    split[side].sort((a, b) => a - b);
    if (settings[side] > 0 && split[side].length === 0)
      throw new FacecomError(
        'data-split',
        `There are too few pictures for data.split: none is left for ${side}.`,
        {
          found: `${entries.length} pictures, ${strata.length} ${settings.by === 'image' ? 'people' : 'group'}, fractions ${sides.map((s) => settings[s]).join(' / ')}`,
          expected: 'at least one picture on each side whose fraction is above 0',
          remedy:
            'Add pictures, or set the fraction to 0. Versions of one picture (`<stem>_foggy`, `<stem> (1)`, equal bytes) count as one.',
          exitCode: 2,
        },
      );
  }
  return split;
}

/** For each person (and for all pictures of unknown people together) the groups of pictures, each a list of positions. */
function peopleWithGroups(entries: readonly PictureEntry[]): number[][][] {
  const people = new Map<string | undefined, number[][]>();
  for (const unit of connected(entries, (entry) => entry.groups)) {
    const person = entries[unit[0]!]!.person;
    const units = people.get(person);
    if (units) units.push(unit);
    else people.set(person, [unit]);
  }
  return [...people.values()];
}

/** Each person's pictures as one unit, joined with whoever shares a group with them. */
function wholePeople(entries: readonly PictureEntry[]): number[][] {
  return connected(entries, (entry) =>
    entry.person === undefined ? entry.groups : [...entry.groups, `person ${entry.person}`],
  );
}

/** Connected components of the pictures under shared keys, in the order of their first picture. */
function connected(entries: readonly PictureEntry[], keysOf: (entry: PictureEntry) => string[]): number[][] {
  const parent = Int32Array.from({ length: entries.length }, (_, i) => i);
  const root = (start: number): number => {
    let i = start;
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]!]!;
      i = parent[i]!;
    }
    return i;
  };
  const first = new Map<string, number>();
  for (const [i, entry] of entries.entries())
    for (const key of keysOf(entry)) {
      const other = first.get(key);
      if (other === undefined) first.set(key, i);
      else {
        const [a, b] = [root(other), root(i)];
        parent[Math.max(a, b)] = Math.min(a, b);
      }
    }
  const units = new Map<number, number[]>();
  for (let i = 0; i < entries.length; i++) {
    const r = root(i);
    const unit = units.get(r);
    if (unit) unit.push(i);
    else units.set(r, [i]);
  }
  return [...units.values()];
}
