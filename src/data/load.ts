import { FacecomError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import { openPictures, type PictureStore } from './cache.ts';
import type { Collection, Dataset, DataWarning, LoadOptions, Subset } from './dataset.ts';
import { type DataSettings, sourceOf } from './sources/index.ts';
import { type Side, type Split, splitPictures } from './split.ts';

/** A data set's labels and split, without a pixel decoded. */
export interface Survey {
  collection: Collection;
  identities: string[];
  hash: string;
  split: Split;
  warnings: DataWarning[];
}

/**
 * Finds the pictures, checks labels and files, and divides them; decodes nothing.
 * Throws FacecomError with exit code 2 for what the user can put right (docs/errors.md, codes `data-…`).
 */
export async function surveyDataset(
  data: DataSettings,
  options: { signal?: AbortSignal } = {},
): Promise<Survey> {
  const source = await sourceOf(data);
  const collection = await source.open(data, options);
  const warnings = [...collection.warnings];
  const identities = namesOfPeople(collection);
  const split = splitPictures(collection.entries, data.split);
  if (data.split.by === 'identity')
    warnings.push({
      code: 'data-open-set',
      message:
        'data.split.by is identity: the people of validation and test are not in training, so identity accuracy stays near 0 there.',
    });
  return { collection, identities, hash: collection.hash, split, warnings };
}

/**
 *   source ─▶ entries ─▶ split ─▶ cache of pixels ─▶ Dataset
 *
 * The data set that `data` describes, divided and decoded at `data.image_size`.
 */
export async function loadDataset(data: DataSettings, options: LoadOptions): Promise<Dataset> {
  const { collection, identities, hash, split, warnings } = await surveyDataset(data, options);
  const store = await openPictures(collection, data.image_size, { ...options, keep: data.cache }, warnings);
  const classOf = new Map(identities.map((name, i) => [name, i]));
  const subset = (positions: number[]) => makeSubset(collection, store, classOf, positions);
  const train = subset(split.train);
  if (data.shuffle_labels) shuffleLabels(train, options.seed);
  return {
    identities,
    imageSize: data.image_size,
    hash,
    train,
    validation: subset(split.validation),
    test: subset(split.test),
    warnings,
  };
}

export interface ScoringOptions extends Omit<LoadOptions, 'seed'> {
  /** People that the model tells apart, by class index. */
  identities: readonly string[];
  /** Content hash of the data set that the model was trained on. */
  trainedOn: string;
  /** Which pictures; left out: the test pictures of the data set that was trained on, all of another one. */
  side?: Side | 'all' | undefined;
}

/** Pictures to score a trained model on, their identities numbered as the model does. */
export interface Scoring {
  subset: Subset;
  side: Side | 'all';
  hash: string;
  /** Pictures of people that the model does not know: they count in no identity metric. */
  strangers: number;
  warnings: DataWarning[];
}

/** Finds and decodes pictures for a model that is trained already: one person, or none that is named, is enough. */
export async function loadScoring(data: DataSettings, options: ScoringOptions): Promise<Scoring> {
  const source = await sourceOf(data);
  const collection = await source.open(data, options);
  const warnings = [...collection.warnings];
  const side = options.side ?? (collection.hash === options.trainedOn ? 'test' : 'all');
  if (side !== 'all' && collection.hash !== options.trainedOn)
    warnings.push({
      code: 'data-not-trained-on',
      message: `This is not the data set that the model was trained on: its ${side} pictures are those of a split of its own.`,
    });
  const positions =
    side === 'all' ? [...collection.entries.keys()] : splitPictures(collection.entries, data.split)[side];
  if (positions.length === 0)
    throw new FacecomError('data-side-empty', `The split leaves no pictures for ${side}.`, {
      found: `data.split.${side} is 0`,
      remedy: 'Choose another side with --split.',
      exitCode: 2,
    });
  const store = await openPictures(collection, data.image_size, { ...options, keep: data.cache }, warnings);
  const classOf = new Map(options.identities.map((name, i) => [name, i]));
  const subset = makeSubset(collection, store, classOf, positions);
  const strangers = positions.filter((position) => {
    const { person } = collection.entries[position]!;
    return person !== undefined && !classOf.has(person);
  }).length;
  if (strangers > 0)
    warnings.push({
      code: 'data-strangers',
      message: `${strangers} of ${positions.length} pictures show people whom the model was not trained on; they count in no identity metric.`,
    });
  return { subset, side, hash: collection.hash, strangers, warnings };
}

function namesOfPeople(collection: Collection): string[] {
  const people = new Set<string>();
  for (const { person } of collection.entries) if (person !== undefined) people.add(person);
  if (people.size < 2)
    throw new FacecomError('data-single-identity', 'Recognition needs pictures of at least two people.', {
      found:
        people.size === 0
          ? `${collection.entries.length} pictures, none with a person_id`
          : `${collection.entries.length} pictures, all of ${JSON.stringify([...people][0])}`,
      expected: 'two different person_id or more',
      exitCode: 2,
    });
  return [...people].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function makeSubset(
  collection: Collection,
  store: PictureStore,
  classOf: Map<string, number>,
  positions: number[],
): Subset {
  const entries = positions.map((position) => collection.entries[position]!);
  return {
    size: positions.length,
    names: entries.map((entry) => entry.name),
    gender: Int8Array.from(entries, (entry) => entry.gender),
    identity: Int32Array.from(entries, ({ person }) =>
      person === undefined ? -1 : (classOf.get(person) ?? -1),
    ),
    pixels: (i) => store.pixels(positions[i]!),
    copyPixels: (i, target, offset) => store.copyPixels(positions[i]!, target, offset),
  };
}

/** Permutes the labels among the pictures, gender and identity together: a control that must stay at chance. */
function shuffleLabels(subset: Subset, seed: number): void {
  const order = new Random(seed, 'shuffle-labels').shuffle(
    Int32Array.from({ length: subset.size }, (_, i) => i),
  );
  const { gender, identity } = subset;
  subset.gender = gender.map((_, i) => gender[order[i]!]!);
  subset.identity = identity.map((_, i) => identity[order[i]!]!);
}
