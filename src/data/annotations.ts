import { stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, resolve, sep } from 'node:path';
import { FacecomError, type Place } from '../base/errors.ts';
import { lineAndColumn } from '../base/positions.ts';
import { fileFacts } from './file-facts.ts';
import { Genders, type Spellings } from './genders.ts';
import { jsonPlaces } from './json-places.ts';
import { NearNames } from './names.ts';
import { shown } from './shown.ts';
import { readUtf8 } from './text-file.ts';
import { undecodable } from './undecodable.ts';

/** One entry of annotations.json, checked. */
export interface Annotation {
  filename: string;
  gender: -1 | 0 | 1;
  person: string | undefined;
  /** The image's path inside the folder of the data set. */
  file: string;
  /** It is there. */
  found?: boolean;
}

/** A wrong entry: which, and what is wrong with it. */
interface Fault {
  index: number;
  found: string;
}

/** Each class of faults: what is reported about all of them together. */
const classes = {
  'data-entry-malformed': {
    message: 'annotations.json holds entries that are not images with labels.',
    expected:
      'objects {"filename": text, "gender": "Male" or "Female", "person_id": text or number}; a label may be absent or null',
    remedy: 'Correct these entries.',
  },
  'data-gender': {
    message: 'annotations.json holds a gender in a spelling that data.genders does not name.',
    expected: '"Male" or "Female", or null if it is not known',
    remedy: 'Correct these entries, or name their spelling in data.genders: {male: [M], female: [F]}.',
  },
  'data-path-escape': {
    message: 'annotations.json names images outside its folder.',
    expected: 'paths inside the folder, relative to images/ or to annotations.json',
    remedy: 'Move the images into the folder and name them relative to it.',
  },
  'data-duplicate': {
    message: 'annotations.json names an image more than once.',
    expected: 'one entry an image',
    remedy: 'Remove all entries of an image but one.',
  },
  'data-picture-missing': {
    message: 'annotations.json names images that do not exist.',
    expected: 'each image in images/ or beside annotations.json',
    remedy: 'Add the images or remove their entries.',
  },
} as const;

type FaultClass = keyof typeof classes;

/** Reads `annotations.json` of the folder and checks every entry and that its image exists. */
export async function readAnnotations(
  path: string,
  spellings: Spellings = { male: ['Male'], female: ['Female'] },
): Promise<Annotation[]> {
  const genders = new Genders(spellings);
  const near = new NearNames();
  const folder = resolve(path);
  const file = join(folder, 'annotations.json');
  const text = await readText(folder, file);
  const values = parse(text, file);
  const faults = new Map<FaultClass, Fault[]>();
  const report = (name: FaultClass, index: number, found: string) => {
    const list = faults.get(name);
    if (list) list.push({ index, found });
    else faults.set(name, [{ index, found }]);
  };
  const seen = new Set<string>();
  const annotations: Annotation[] = [];
  for (const [index, value] of values.entries()) {
    const annotation = checkEntry(value, genders, (name, found) => report(name, index, found));
    if (!annotation) continue;
    if (seen.has(annotation.filename)) report('data-duplicate', index, annotation.filename);
    else {
      seen.add(annotation.filename);
      annotations.push(annotation);
      const found = await findPicture(folder, annotation.filename, near);
      if (found === undefined) report('data-picture-missing', index, await missing(folder, annotation, near));
      else Object.assign(annotation, { file: found, found: true });
    }
  }
  for (const name of Object.keys(classes) as FaultClass[]) {
    const list = faults.get(name);
    if (!list) continue;
    const more = name === 'data-picture-missing' ? await unreadable(folder, annotations) : '';
    throw faultError(name, list, { file, text, more });
  }
  if (annotations.length === 0)
    throw new FacecomError('data-empty', 'annotations.json lists no images.', {
      place: { file },
      expected: 'a list with one entry an image',
      exitCode: 2,
    });
  return annotations;
}

async function readText(folder: string, file: string): Promise<string> {
  try {
    return await readUtf8(file, 'annotations.json');
  } catch (error) {
    if (!(error instanceof FacecomError) || error.code !== 'data-file-missing') throw error;
    throw new FacecomError('data-annotations-missing', `annotations.json cannot be read: ${error.found}`, {
      found: folder,
      expected: 'a file annotations.json in data.path',
      remedy:
        'Write it: a list of {"filename": …, "gender": "Male" or "Female", "person_id": …}; or choose another layout with data.source.',
      exitCode: 2,
      cause: error,
    });
  }
}

function parse(text: string, file: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    const offset = jsonPlaces(text).error ?? 0;
    const rest = text.slice(offset, offset + 20).split('\n')[0]!;
    throw new FacecomError('data-annotations-malformed', 'annotations.json is not JSON.', {
      place: { file, ...lineAndColumn(text, offset) },
      found: rest === '' ? 'the end of the line or file' : rest,
      expected: 'a JSON list of {"filename", "gender", "person_id"}',
      exitCode: 2,
      cause: error,
    });
  }
  if (!Array.isArray(value))
    throw new FacecomError('data-annotations-malformed', 'annotations.json is not a list.', {
      place: { file, line: 1, column: 1 },
      found: value === null ? 'null' : `${typeof value}`,
      expected: 'a JSON list of {"filename", "gender", "person_id"}',
      exitCode: 2,
    });
  return value;
}

/** A value as it is shown in a message: short, and whatever its depth. */
function excerpt(value: unknown): string {
  if (value === undefined) return 'absent';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a map';
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value);
}

function checkEntry(
  value: unknown,
  genders: Genders,
  report: (name: FaultClass, found: string) => void,
): Annotation | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report('data-entry-malformed', excerpt(value));
    return undefined;
  }
  const { filename, gender, person_id: person } = value as Record<string, unknown>;
  if (typeof filename !== 'string' || filename === '' || filename.includes('\0')) {
    report('data-entry-malformed', `filename ${excerpt(filename)}`);
    return undefined;
  }
  const label = typeof gender === 'object' && gender !== null ? undefined : genders.read(gender);
  if (label === undefined || gender === '')
    report('data-gender', `${filename.slice(0, 200)}: ${excerpt(gender)}`);
  const personKnown = person !== undefined && person !== null;
  if (personKnown && !(typeof person === 'string' && person !== '') && !Number.isFinite(person))
    report('data-entry-malformed', `${filename.slice(0, 200)}: person_id ${excerpt(person)}`);
  if (isAbsolute(filename) || normalize(filename).split(sep)[0] === '..') {
    report('data-path-escape', filename);
    return undefined;
  }
  return {
    filename,
    gender: label ?? -1,
    person: personKnown ? String(person) : undefined,
    file: filename,
  };
}

async function findPicture(folder: string, filename: string, near: NearNames): Promise<string | undefined> {
  const candidates = [join('images', filename), filename];
  for (const candidate of candidates) {
    const info = await stat(join(folder, candidate)).catch(() => undefined);
    if (info?.isFile()) return candidate;
  }
  for (const candidate of candidates) {
    const same = await near.same(join(folder, candidate));
    const info = same === undefined ? undefined : await stat(same).catch(() => undefined);
    if (same !== undefined && info?.isFile()) return same.slice(folder.length + 1);
  }
  return undefined;
}

/** The name, and one that is there and nearly the same. */
async function missing(folder: string, { filename }: Annotation, near: NearNames): Promise<string> {
  const other = (await near.near(join(folder, 'images'), filename)) ?? (await near.near(folder, filename));
  const name = filename.slice(0, 200);
  return other === undefined || other === filename ? name : `${name} (there is ${other})`;
}

/** Images that are looked at if others are missing. */
const LOOKED_AT = 5000;

/** Which images cannot be read: reported with those that are missing, so that both can be mended at once. */
async function unreadable(folder: string, annotations: readonly Annotation[]): Promise<string> {
  const there = annotations.filter(({ found }) => found).slice(0, LOOKED_AT);
  const facts = await fileFacts(
    folder,
    there.map(({ file }) => join(folder, file)),
    { keep: false },
  );
  const broken = facts.flatMap(({ head }, i) =>
    'error' in head ? [`${there[i]!.filename}: ${head.error}`] : [],
  );
  const sound = there.filter((_, i) => !('error' in facts[i]!.head));
  broken.push(
    ...(await undecodable(sound.map(({ filename, file }) => ({ name: filename, file: join(folder, file) })))),
  );
  return broken.length === 0 ? '' : `; these cannot be read: ${shown(broken)}`;
}

function faultError(
  name: FaultClass,
  faults: Fault[],
  { file, text, more }: { file: string; text: string; more: string },
): FacecomError {
  const { message, expected, remedy } = classes[name];
  const { elements } = jsonPlaces(text);
  const lineOf = (index: number) => lineAndColumn(text, elements[index] ?? 0);
  const found = shown(faults.map(({ index, found }) => `line ${lineOf(index).line}: ${found}`)) + more;
  const place: Place = { file, ...lineOf(faults[0]!.index) };
  return new FacecomError(name, message, { place, found, expected, remedy, exitCode: 2 });
}
