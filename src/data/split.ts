import { FacecomError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { PictureEntry } from './dataset.ts';
import { refuseLeaks } from './leaks.ts';
import { type Side, type Split, sides } from './sides.ts';

export { type Side, type Split, sides } from './sides.ts';

export interface SplitSettings {
  train: number;
  validation: number;
  test: number;
  by: 'image' | 'identity';
  seed: number;
  /** Whether the sides that the source gives are kept. */
  given?: boolean;
  /** Folds of a cross-validation, 0: none; fold `fold` is for test, the next one for validation. */
  folds?: number;
  fold?: number;
  stratify?: 'none' | 'gender';
}

/**
 * Divides the images by the seed, by folds, or as the source gives it. `by: image` divides each identity's images, so that each side
 * holds every identity in proportion and training holds each; `by: identity` divides the identities. Images of one group are never parted.
 * Throws `data-split` if the fractions do not add up to 1 or a side that should hold images gets none, and `data-leak` if
 * the source itself parts versions of one image.
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
  if ((settings.given ?? true) && hasSides(entries)) return givenSplit(entries, settings);
  if ((settings.folds ?? 0) > 0) return foldSplit(entries, settings);
  const split: Split = { train: [], validation: [], test: [] };
  const shares = sides.map((side) => settings[side]);
  const random = new Random(settings.seed, 'split', settings.by);
  const strata = strataOf(entries, settings);
  for (const [part, positions] of deal(strata, shares, random, true).entries())
    split[sides[part]!] = positions.sort((a, b) => a - b);
  const empty = sides.filter((side) => settings[side] > 0 && split[side].length === 0);
  if (empty.length > 0)
    throw tooFew(empty, {
      pictures: entries.length,
      strata: strata.length,
      settings,
      remedy:
        settings.by === 'image' && strata.length > sides.length
          ? byIdentity(settings)
          : without(empty, settings),
    });
  return split;
}

/** Where each identity has one image and its versions. */
const byIdentity = ({ stratify = 'none' }: SplitSettings): string =>
  `Add images, or divide the identities: --set data.split.by=identity${stratify === 'none' ? '' : ` --set data.split.stratify=${stratify}`}.`;

/** The same without the sides that would be empty: their shares are trained on. */
function without(empty: readonly Side[], settings: SplitSettings): string {
  const rest = sides.filter((side) => side !== 'train' && !empty.includes(side));
  const train = +(1 - rest.reduce((sum, side) => sum + settings[side], 0)).toFixed(6);
  const fractions = sides.map((side) =>
    side === 'train' ? `train: ${train}` : `${side}: ${rest.includes(side) ? settings[side] : 0}`,
  );
  return `Add images, or train without ${empty.join(' and ')}: --set 'data.split={${fractions.join(', ')}}'.`;
}

/** Whether the source says which side an image is on. */
export const hasSides = (entries: readonly PictureEntry[]): boolean =>
  entries.some((entry) => entry.side !== undefined);

interface TooFew {
  pictures: number;
  strata: number;
  settings: SplitSettings;
  remedy?: string;
}

function tooFew(
  empty: readonly Side[],
  { pictures, strata, settings, remedy = 'Add images, or set the fraction to 0.' }: TooFew,
): FacecomError {
  return new FacecomError(
    'data-split',
    `There are too few images for data.split: none is left for ${empty.join(' and ')}.`,
    {
      found: `${pictures} images, ${strata} ${settings.by === 'image' ? 'identities' : 'group'}, fractions ${sides.map((s) => settings[s]).join(' / ')}`,
      expected: 'at least one image on each side whose fraction is above 0',
      remedy: `${remedy} Versions of one image (\`<stem>_foggy\`, \`<stem> (1)\`, equal bytes) count as one.`,
      exitCode: 2,
    },
  );
}

/** Units of images that stay together, in strata that are each divided in proportion. */
function strataOf(entries: readonly PictureEntry[], { by, stratify }: SplitSettings): number[][][] {
  if (by === 'image') return peopleWithGroups(entries);
  const units = wholePeople(entries);
  if (stratify !== 'gender') return [units];
  const strata = new Map<number, number[][]>();
  for (const unit of units) {
    const known = unit.map((i) => entries[i]!.gender).filter((gender) => gender >= 0);
    const women = known.filter((gender) => gender === 1).length;
    const gender = known.length === 0 ? -1 : 2 * women > known.length ? 1 : 0;
    strata.set(gender, [...(strata.get(gender) ?? []), unit]);
  }
  return [...strata].sort(([a], [b]) => a - b).map(([, units]) => units);
}

/**
 * Deals units out to as many parts as there are shares, stratum by stratum. What each part still lacks of its share is carried from
 * one to the next, so that rounding does not add up.
 */
function deal(
  strata: number[][][],
  shares: readonly number[],
  random: Random,
  firstToFirst: boolean,
): number[][] {
  const parts: number[][] = shares.map(() => []);
  const owed = shares.map(() => 0);
  for (const units of random.shuffle(strata)) {
    const size = units.reduce((sum, unit) => sum + unit.length, 0);
    for (const [part, share] of shares.entries()) owed[part]! += share * size;
    random.shuffle(units);
    for (const [k, unit] of units.entries()) {
      let part = 0;
      if (k > 0 || !firstToFirst)
        for (let other = 1; other < shares.length; other++)
          if (owed[other]! > owed[part]! + 1e-9) part = other;
      owed[part]! -= unit.length;
      parts[part]!.push(...unit);
    }
  }
  return parts;
}

function foldSplit(entries: readonly PictureEntry[], settings: SplitSettings): Split {
  const { folds = 0, fold = 0 } = settings;
  const needed = settings.validation > 0 ? 3 : 2;
  if (folds < needed || fold >= folds)
    throw new FacecomError('data-split', 'data.split.folds and data.split.fold do not fit together.', {
      found: `folds ${folds}, fold ${fold}`,
      expected: `at least ${needed} folds${needed === 3 ? ' (training, validation, test)' : ''}, and a fold from 0 to folds − 1`,
      exitCode: 2,
    });
  const random = new Random(settings.seed, 'folds', settings.by);
  const strata = strataOf(entries, settings);
  const parts = deal(strata, Array(folds).fill(1 / folds), random, false);
  const validation = settings.validation > 0 ? (fold + 1) % folds : -1;
  const split: Split = { train: [], validation: [], test: [] };
  for (const [part, positions] of parts.entries())
    split[part === fold ? 'test' : part === validation ? 'validation' : 'train'].push(...positions);
  for (const side of sides) {
    split[side].sort((a, b) => a - b);
    if (split[side].length === 0 && (side !== 'validation' || validation >= 0))
      throw tooFew([side], { pictures: entries.length, strata: strata.length, settings });
  }
  return split;
}

/** The sides of the source; a side that it lacks is cut from training: identities, if identities are not shared, else images. */
function givenSplit(entries: readonly PictureEntry[], settings: SplitSettings): Split {
  const split: Split = { train: [], validation: [], test: [] };
  for (const [i, { side }] of entries.entries()) split[side ?? 'train'].push(i);
  refuseLeaks(entries, split);
  const trained = new Set(split.train.map((i) => entries[i]!.person));
  trained.delete(undefined);
  const others = [...split.validation, ...split.test];
  const apart = !others.some((i) => trained.has(entries[i]!.person)) && trained.size > 1;
  const by = apart ? 'identity' : settings.by;
  const lacking = sides.filter((side) => split[side].length === 0 && settings[side] > 0);
  for (const side of lacking) {
    if (side === 'train') throw tooFew(['train'], { pictures: entries.length, strata: 1, settings });
    const own = split.train;
    const random = new Random(settings.seed, 'given', side);
    const strata = strataOf(
      own.map((i) => entries[i]!),
      { ...settings, by, stratify: 'gender' },
    );
    const share = settings[side] / (settings.train + settings[side]);
    const [kept, cut] = deal(strata, [1 - share, share], random, true);
    if (cut!.length === 0) throw tooFew([side], { pictures: own.length, strata: strata.length, settings });
    split.train = kept!.map((k) => own[k]!).sort((a, b) => a - b);
    split[side] = cut!.map((k) => own[k]!).sort((a, b) => a - b);
  }
  return split;
}

/** For each identity (and for all images of unknown identities together) the groups of images, each a list of positions. */
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

/** Each identity's images as one unit, joined with whoever shares a group with them. */
function wholePeople(entries: readonly PictureEntry[]): number[][] {
  return connected(entries, (entry) =>
    entry.person === undefined ? entry.groups : [...entry.groups, `identity ${entry.person}`],
  );
}

/** Connected components of the images under shared keys, in the order of their first image. */
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
