import { createHash } from 'node:crypto';
import { FacecomError } from '../base/errors.ts';
import { plural } from '../base/format.ts';
import { leftOut } from './broken-text.ts';
import type { Collection, DataWarning, Pair, PictureEntry } from './dataset.ts';
import { decodeConcurrency, decodePicture, decodeVersion } from './decode.ts';
import { fileFacts } from './file-facts.ts';
import { readFormats } from './formats/index.ts';
import type { HeadError } from './head.ts';
import type { DataSettings, ListedPicture, Listing } from './listing.ts';
import { lookGroups } from './look.ts';
import { alike, canonical } from './names.ts';
import { shown } from './shown.ts';
import { undecodable } from './undecodable.ts';
import { versionsOf } from './versions.ts';

export interface CollectOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: { done: number; total: number; unit: 'images' }) => void) | undefined;
}

/**
 *   listing ─▶ names unique, identities compared ─▶ headers and hashes of all files ─▶ versions, copies ─▶ Collection
 *
 * Everything about a data set but its pixels. An image that cannot be read is an error, or with `on_error: skip` left out.
 */
export async function collect(
  listing: Listing,
  data: DataSettings,
  { signal, onProgress }: CollectOptions,
): Promise<Collection> {
  refuseDuplicates(listing);
  const warnings = [...listing.warnings];
  const people = unitePeople(listing.pictures, warnings);
  const facts = await fileFacts(
    listing.folder,
    listing.pictures.map(({ file }) => file),
    {
      keep: data.cache,
      looks: data.split.near_duplicates,
      signal,
      onProgress: onProgress && ((progress) => onProgress({ ...progress, unit: 'images' })),
    },
  );
  const kept = await readable(listing, facts, data.on_error, warnings);
  const looksOf = async () =>
    fileFacts(
      listing.folder,
      kept.map((i) => listing.pictures[i]!.file),
      { keep: data.cache, looks: true, signal },
    );
  const pictures = kept.map((i) => listing.pictures[i]!);
  const digests = kept.map((i) => facts[i]!.sha256);
  const versions = versionsOf(pictures.map(({ name }) => name));
  const looks = data.split.near_duplicates ? lookGroups(kept.map((i) => facts[i]!.look)) : undefined;
  const entries = pictures.map(({ name, gender, side }, k): PictureEntry => {
    const own = listing.groups?.get(name) ?? [];
    const look = looks?.[k];
    return {
      name,
      gender,
      person: people[kept[k]!],
      groups: [
        ...versions[k]!.groups,
        `bytes ${digests[k]}`,
        ...own,
        ...(look === undefined ? [] : [`look ${look}`]),
      ],
      ...(versions[k]!.condition === undefined ? {} : { condition: versions[k]!.condition }),
      ...(side === undefined ? {} : { side }),
    };
  });
  warnings.push(
    ...copies(entries, digests),
    ...missingLabels(entries),
    ...twoGenders(entries),
    ...oneGender(entries),
  );
  const pairs = positionsOf(listing, entries, warnings);
  const labels = entries.map(({ name, gender, person, side }, i) => [
    name,
    gender,
    person ?? null,
    digests[i],
    ...(side === undefined ? [] : [side]),
  ]);
  const hashed = JSON.stringify(pairs ? [labels, pairs] : labels);
  const fit = data.fit === 'stretch' ? '' : `${data.fit}\n`;
  const pixels = createHash('sha256').update(
    `${decodeVersion}\n${fit}${data.image_size}\n${digests.join('\n')}`,
  );
  return {
    entries,
    ...(pairs ? { pairs } : {}),
    hash: createHash('sha256').update(hashed).digest('hex'),
    pixelKey: pixels.digest('hex').slice(0, 32),
    warnings,
    notes: listing.notes,
    ...(listing.peopleApart ? { peopleApart: true } : {}),
    skipped: listing.pictures.length - entries.length,
    concurrency: decodeConcurrency(),
    decode: (i) => decodePicture(pictures[i]!.file, data.image_size, data.fit),
    file: (i) => pictures[i]!.file,
    looks: async () => lookGroups((await looksOf()).map(({ look }) => look)),
    size: (i) => facts[kept[i]!]!.head as { format: string; width: number; height: number },
  };
}

function refuseDuplicates({ pictures, folder }: Listing): void {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { name } of pictures)
    if (seen.has(name)) twice.push(name);
    else seen.add(name);
  if (twice.length === 0) return;
  throw new FacecomError('data-duplicate', 'An image is listed more than once.', {
    place: { file: folder },
    found: shown(twice),
    expected: 'each image once',
    remedy: 'Remove all entries of an image but one; give the sources of data.sources prefixes.',
    exitCode: 2,
  });
}

/** Each image's identity by the name that is compared: Unicode's form NFC, trimmed. Warns of names that are all but equal. */
function unitePeople(pictures: readonly ListedPicture[], warnings: DataWarning[]): (string | undefined)[] {
  const spellings = new Map<string, Set<string>>();
  const people = pictures.map(({ person }) => {
    if (person === undefined) return undefined;
    const name = canonical(person);
    const written = spellings.get(name);
    if (written) written.add(person);
    else spellings.set(name, new Set([person]));
    return name;
  });
  const united = [...spellings]
    .filter(([, written]) => written.size > 1)
    .map(([name]) => JSON.stringify(name));
  if (united.length > 0)
    warnings.push({
      code: 'data-people-united',
      message: `${plural(united.length, 'identity is', 'identities are')} written in several Unicode forms or with spaces around the name, and counted once: ${shown(united, 5)}.`,
    });
  const near = new Map<string, string[]>();
  for (const name of spellings.keys()) {
    const others = near.get(alike(name));
    if (others) others.push(name);
    else near.set(alike(name), [name]);
  }
  const doubtful = [...near.values()].filter((names) => names.length > 1).map((names) => names.join(' and '));
  if (doubtful.length > 0)
    warnings.push({
      code: 'data-people-alike',
      message: `Names of identities differ in letter case or spaces only, and are taken for different identities: ${shown(doubtful, 5)}.`,
    });
  return people;
}

/** Positions of the images that can be read. Throws one error that names all others, or warns of them. */
async function readable(
  listing: Listing,
  facts: readonly { head: object }[],
  onError: DataSettings['on_error'],
  warnings: DataWarning[],
): Promise<number[]> {
  const broken: { name: string; head: HeadError; file: string }[] = [];
  const kept: number[] = [];
  for (const [i, { head }] of facts.entries()) {
    const { name, file } = listing.pictures[i]!;
    if ('error' in head) broken.push({ name, file, head: head as HeadError });
    else kept.push(i);
  }
  if (broken.length === 0) return kept;
  const found = shown(broken.map(({ name, head }) => `${name}: ${head.error}`));
  if (onError === 'skip' && kept.length > 0) {
    warnings.push({
      code: 'data-skipped',
      message: `${leftOut(broken.length, facts.length, 'read')}: ${found}.`,
    });
    return kept;
  }
  const more = await undecodable(kept.map((i) => listing.pictures[i]!));
  const count = broken.length + more.length;
  throw new FacecomError(
    broken[0]!.head.code,
    count === 1 ? 'An image cannot be read.' : `${count} images cannot be read.`,
    {
      place: { file: broken[0]!.file },
      found: more.length === 0 ? found : `${found}; ${shown(more)}`,
      expected: readFormats,
      remedy: 'Convert or replace them, or leave them out with data.on_error: skip.',
      exitCode: 2,
    },
  );
}

function copies(entries: readonly PictureEntry[], digests: readonly string[]): DataWarning[] {
  const firstOf = new Map<string, number>();
  let copies = 0;
  let contradictions = 0;
  for (const [i, digest] of digests.entries()) {
    const first = firstOf.get(digest);
    if (first === undefined) firstOf.set(digest, i);
    else {
      copies++;
      const [one, other] = [entries[first]!, entries[i]!];
      if (other.person !== one.person || other.gender !== one.gender) contradictions++;
    }
  }
  if (copies === 0) return [];
  return [
    {
      code: 'data-copies',
      message: `${plural(copies, 'byte for byte copy of another image', 'byte for byte copies of other images')}${contradictions > 0 ? `, ${contradictions} of them with other labels` : ''}; copies stay on one side of the split.`,
    },
  ];
}

function missingLabels(entries: readonly PictureEntry[]): DataWarning[] {
  const gender = entries.filter((entry) => entry.gender === -1).length;
  const person = entries.filter((entry) => entry.person === undefined).length;
  if (gender + person === 0) return [];
  return [
    {
      code: 'data-missing-labels',
      message: `Of ${entries.length} images, ${gender} have no gender and ${person} no person_id; a missing label counts in no loss and no metric.`,
    },
  ];
}

/** Nothing is learnt of gender where every label is the same. */
function oneGender(entries: readonly PictureEntry[]): DataWarning[] {
  const genders = new Set(entries.map(({ gender }) => gender));
  genders.delete(-1);
  if (genders.size !== 1) return [];
  const name = genders.has(0) ? 'Male' : 'Female';
  return [
    {
      code: 'data-one-gender',
      message: `Every image with a gender is ${name}: scores of gender say nothing.`,
    },
  ];
}

function twoGenders(entries: readonly PictureEntry[]): DataWarning[] {
  const genders = new Map<string, Set<number>>();
  for (const { person, gender } of entries)
    if (person !== undefined && gender >= 0)
      genders.set(person, (genders.get(person) ?? new Set()).add(gender));
  const both = [...genders].filter(([, set]) => set.size > 1).map(([person]) => person);
  if (both.length === 0) return [];
  return [
    {
      code: 'data-two-genders',
      message: `${plural(both.length, 'identity has', 'identities have')} images of both genders, which is a mistake in the labels as a rule: ${shown(both, 5)}.`,
    },
  ];
}

/** The pairs by the positions of their images; those of images that were left out are left out, too. */
function positionsOf(
  { pairs, pictures }: Listing,
  entries: readonly PictureEntry[],
  warnings: DataWarning[],
): Pair[] | undefined {
  if (!pairs) return undefined;
  const at = new Map(entries.map(({ name }, i) => [name, i]));
  const listed = new Set(pictures.map(({ name }) => name));
  const found: Pair[] = [];
  const missing = new Set<string>();
  let lost = 0;
  for (const { left, right, same, fold } of pairs) {
    const [a, b] = [at.get(left), at.get(right)];
    for (const name of [left, right]) if (!listed.has(name)) missing.add(name);
    if (a === undefined || b === undefined) lost++;
    else found.push({ left: a, right: b, same, ...(fold === undefined ? {} : { fold }) });
  }
  if (missing.size > 0)
    throw new FacecomError('data-picture-missing', 'The list of pairs names images that do not exist.', {
      found: shown([...missing]),
      expected: 'images of the data set',
      remedy: 'Correct the list, or data.path.',
      exitCode: 2,
    });
  if (lost > 0)
    warnings.push({
      code: 'data-pairs-skipped',
      message: `${lost} of ${pairs.length} pairs are left out, for an image of them is.`,
    });
  return found;
}
