import { FacecomError } from '../base/errors.ts';
import { plural } from '../base/format.ts';
import { Random } from '../base/random.ts';
import { openPictures, type PictureStore } from './cache.ts';
import type { Collection, Dataset, DataWarning, LoadOptions, PictureEntry, Subset } from './dataset.ts';
import { refuseSharedPeople } from './leaks.ts';
import { shown } from './shown.ts';
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

type SurveyOptions = Pick<LoadOptions, 'signal' | 'onProgress'>;

/**
 * Finds the images, checks labels and files, and divides them; decodes nothing.
 * Throws FacecomError with exit code 2 for what the user can put right (docs/errors.md, codes `data-…`).
 */
export async function surveyDataset(data: DataSettings, options: SurveyOptions = {}): Promise<Survey> {
  const source = await sourceOf(data);
  const collection = await source.open(data, options);
  const warnings = [...collection.warnings];
  refuseUnlabelled(collection);
  refuseSinglePerson(collection, peopleOf(collection.entries));
  if (collection.peopleApart && data.split.given) refuseSharedPeople(collection.entries);
  const split = splitPictures(collection.entries, data.split);
  const identities = peopleOf(split.train.map((i) => collection.entries[i]!));
  refuseSinglePerson(collection, identities);
  warnings.push(...strangersWarning(collection, identities, split));
  return { collection, identities, hash: collection.hash, split, warnings };
}

/**
 *   source ─▶ entries ─▶ split ─▶ cache of pixels ─▶ Dataset
 *
 * The data set that `data` describes, divided and decoded at `data.image_size`.
 */
export async function loadDataset(data: DataSettings, options: LoadOptions): Promise<Dataset> {
  const { collection, identities, hash, split, warnings } = await surveyDataset(data, options);
  const store = await openPictures(
    collection,
    data.image_size,
    { ...options, keep: data.cache, skip: data.on_error === 'skip' },
    warnings,
  );
  const people = peopleOf(collection.entries);
  const subset = (positions: number[]) =>
    makeSubset(collection, store, { identities, people }, withoutBroken(positions, store));
  const train = subset(split.train);
  if (data.shuffle_labels) shuffleLabels(train, options.seed);
  return {
    identities,
    people,
    imageSize: data.image_size,
    hash,
    notes: collection.notes ?? [],
    train,
    validation: subset(split.validation),
    test: subset(split.test),
    warnings,
  };
}

function withoutBroken(positions: number[], { broken }: PictureStore): number[] {
  return broken && broken.size > 0 ? positions.filter((position) => !broken.has(position)) : positions;
}

export interface ScoringOptions extends Omit<LoadOptions, 'seed'> {
  /** Identities that the model tells apart, by class index. */
  identities: readonly string[];
  /** Content hash of the data set that the model was trained on. */
  trainedOn: string;
  /** Which images; left out: the test images of the data set that was trained on, all of another one. */
  side?: Side | 'all' | undefined;
}

/** Images to score a trained model on, their identities numbered as the model does. */
export interface Scoring {
  subset: Subset;
  side: Side | 'all';
  /** Names of the identities that the images show, sorted: what `Subset.people` counts by. */
  people: string[];
  notes: string[];
  hash: string;
  /** Images of identities that the model does not know: they count in no identity metric. */
  strangers: number;
  warnings: DataWarning[];
}

/** Finds and decodes images for a model that is trained already: one identity, or none that is named, is enough. */
export async function loadScoring(data: DataSettings, options: ScoringOptions): Promise<Scoring> {
  const source = await sourceOf(data);
  const collection = await source.open(data, options);
  const warnings = [...collection.warnings];
  const side = options.side ?? (collection.hash === options.trainedOn ? 'test' : 'all');
  if (side !== 'all' && collection.hash !== options.trainedOn)
    warnings.push({
      code: 'data-not-trained-on',
      message: `This is not the data set that the model was trained on: its ${side} images are those of a split of its own.`,
    });
  const positions =
    side === 'all' ? [...collection.entries.keys()] : splitPictures(collection.entries, data.split)[side];
  if (positions.length === 0)
    throw new FacecomError('data-side-empty', `The split leaves no images for ${side}.`, {
      found: `data.split.${side} is 0`,
      remedy: 'Choose another side with --split.',
      exitCode: 2,
    });
  const store = await openPictures(
    collection,
    data.image_size,
    { ...options, keep: data.cache, skip: data.on_error === 'skip' },
    warnings,
  );
  const { identities } = options;
  const classOf = new Map(identities.map((name, i) => [name, i]));
  const people = peopleOf(collection.entries);
  const subset = makeSubset(collection, store, { identities, people }, withoutBroken(positions, store));
  const strangers = positions.filter((position) => {
    const { person } = collection.entries[position]!;
    return person !== undefined && !classOf.has(person);
  }).length;
  if (strangers > 0)
    warnings.push({
      code: 'data-strangers',
      message: `${strangers} of ${positions.length} images show identities that the model was not trained on; they count in no identity metric, and are compared by matching.`,
    });
  return { subset, side, people, notes: collection.notes ?? [], hash: collection.hash, strangers, warnings };
}

/** Names of the identities of some images, sorted. */
function peopleOf(entries: readonly PictureEntry[]): string[] {
  const people = new Set<string>();
  for (const { person } of entries) if (person !== undefined) people.add(person);
  return [...people].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function refuseUnlabelled({ entries, pairs }: Collection): void {
  if (entries.some(({ person, gender }) => person !== undefined || gender >= 0)) return;
  throw new FacecomError('data-no-labels', 'No image has a label, and nothing can be learnt from them.', {
    found: `${entries.length} images without person_id and gender`,
    expected: 'genders, identities or both',
    remedy: pairs
      ? 'Score the pairs with a trained run: facecom evaluate RUN FOLDER.'
      : 'Name the columns of the labels in data.columns, or choose another data.source.',
    exitCode: 2,
  });
}

/** One identity cannot be told from others; nobody at all means that gender alone is learnt. */
function refuseSinglePerson({ entries }: Collection, identities: readonly string[]): void {
  if (identities.length !== 1) return;
  throw new FacecomError('data-single-identity', 'Recognition needs images of at least two identities.', {
    found: `${plural(entries.length, 'image')}, all of ${JSON.stringify(identities[0]!.slice(0, 60))}${peopleOf(entries).length > 1 ? ' in training' : ''}`,
    expected: 'two different person_id or more',
    exitCode: 2,
  });
}

function strangersWarning(
  { entries }: Collection,
  identities: readonly string[],
  split: Split,
): DataWarning[] {
  const known = new Set(identities);
  const others = peopleOf([...split.validation, ...split.test].map((i) => entries[i]!));
  const strangers = others.filter((name) => !known.has(name));
  if (strangers.length === 0) return [];
  if (strangers.length === others.length)
    return [
      {
        code: 'data-open-set',
        message:
          'The identities of validation and test are not in training: they have no class, and are compared by matching (verification and gallery).',
      },
    ];
  return [
    {
      code: 'data-strangers',
      message: `Of ${others.length} identities of validation and test, ${strangers.length === 1 ? '1 is' : `${strangers.length} are`} not in training, without a score of identity: ${shown(strangers, 5)}.`,
    },
  ];
}

function makeSubset(
  collection: Collection,
  store: PictureStore,
  names: { identities: readonly string[]; people: readonly string[] },
  positions: number[],
): Subset {
  const entries = positions.map((position) => collection.entries[position]!);
  const numbers = (list: readonly string[]) => {
    const numberOf = new Map(list.map((name, i) => [name, i]));
    return Int32Array.from(entries, ({ person }) =>
      person === undefined ? -1 : (numberOf.get(person) ?? -1),
    );
  };
  const at = new Map(positions.map((position, i) => [position, i]));
  const pairs = collection.pairs?.flatMap((pair) => {
    const [left, right] = [at.get(pair.left), at.get(pair.right)];
    return left === undefined || right === undefined ? [] : [{ ...pair, left, right }];
  });
  return {
    size: positions.length,
    names: entries.map((entry) => entry.name),
    gender: Int8Array.from(entries, (entry) => entry.gender),
    identity: numbers(names.identities),
    people: numbers(names.people),
    conditions: entries.map((entry) => entry.condition),
    ...(pairs ? { pairs } : {}),
    pixels: (i) => store.pixels(positions[i]!),
    copyPixels: (i, target, offset) => store.copyPixels(positions[i]!, target, offset),
  };
}

/** Permutes the labels among the images, gender and identity together: a control that must stay at chance. */
function shuffleLabels(subset: Subset, seed: number): void {
  const order = new Random(seed, 'shuffle-labels').shuffle(
    Int32Array.from({ length: subset.size }, (_, i) => i),
  );
  const { gender, identity } = subset;
  subset.gender = gender.map((_, i) => gender[order[i]!]!);
  subset.identity = identity.map((_, i) => identity[order[i]!]!);
}
