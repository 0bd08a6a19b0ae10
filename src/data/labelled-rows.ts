import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import type { ErrorCode } from '../base/error-codes.ts';
import { FacecomError, type Place } from '../base/errors.ts';
import { Genders } from './genders.ts';
import type { ListedPicture, Listing, ListSettings } from './listing.ts';
import { NearNames } from './names.ts';
import { shown } from './shown.ts';
import { sideOf } from './sides.ts';

/** A row of a table with a value for each of the columns that the spec names; null if it has none. */
export interface LabelledRow {
  image: unknown;
  gender: unknown;
  identity: unknown;
  split: unknown;
  place: Place;
}

/** The images of a table of labels: paths relative to the table's folder or to `folder`. */
export async function pictureRows(
  folder: string,
  file: string,
  rows: readonly LabelledRow[],
  settings: ListSettings,
): Promise<Listing> {
  const genders = new Genders(settings.genders);
  const near = new NearNames();
  const pictures: ListedPicture[] = [];
  const faults = {
    malformed: [] as Fault[],
    escape: [] as Fault[],
    missing: [] as Fault[],
    side: [] as Fault[],
  };
  for (const row of rows) {
    const { place } = row;
    const name = typeof row.image === 'string' ? row.image.trim() : '';
    if (name === '' || name.includes('\0')) {
      faults.malformed.push({
        place,
        found: `${settings.columns.image} ${JSON.stringify(row.image) ?? 'absent'}`,
      });
      continue;
    }
    if (isAbsolute(name) || normalize(name).split(sep)[0] === '..') {
      faults.escape.push({ place, found: name });
      continue;
    }
    const path = await findFile([dirname(file), folder], name, near);
    if (path === undefined) {
      const other = await near.near(folder, name);
      faults.missing.push({ place, found: other ? `${name} (there is ${other})` : name });
      continue;
    }
    const person = row.identity === null || row.identity === undefined ? '' : String(row.identity).trim();
    const split = row.split === null || row.split === undefined ? '' : String(row.split).trim();
    const side = sideOf(split);
    if (split !== '' && !side) faults.side.push({ place, found: JSON.stringify(split) });
    pictures.push({
      name,
      file: path,
      gender: genders.collect(row.gender, place),
      person: person === '' ? undefined : person,
      ...(side ? { side } : {}),
    });
  }
  refuse('data-entry-malformed', 'The table has rows without an image.', faults.malformed, {
    expected: `a path in the column ${settings.columns.image}`,
    remedy: 'Correct these rows, or name the column in data.columns.image.',
  });
  refuse('data-path-escape', 'The table names images outside its folder.', faults.escape, {
    expected: 'paths inside the folder, relative to it',
    remedy: 'Move the images into the folder and name them relative to it.',
  });
  refuse('data-picture-missing', 'The table names images that do not exist.', faults.missing, {
    expected: `files of ${folder}`,
    remedy: 'Correct the names, add the images or remove their rows.',
  });
  refuse('data-side', 'The table names sides that do not exist.', faults.side, {
    expected: 'train, validation (or val) or test',
    remedy: 'Correct the column, or name another one in data.columns.split.',
  });
  genders.check();
  if (pictures.length === 0)
    throw new FacecomError('data-empty', 'The table lists no images.', { place: { file }, exitCode: 2 });
  return { folder, pictures, warnings: [], notes: [`${pictures.length} rows of ${relative(folder, file)}`] };
}

interface Fault {
  place: Place;
  found: string;
}

function refuse(
  code: ErrorCode,
  message: string,
  faults: readonly Fault[],
  details: { expected: string; remedy: string },
): void {
  if (faults.length === 0) return;
  throw new FacecomError(code, message, {
    ...details,
    place: faults[0]!.place,
    found: shown(faults.map(({ place, found }) => `line ${place.line}: ${found}`)),
    exitCode: 2,
  });
}

async function findFile(
  folders: readonly string[],
  name: string,
  near: NearNames,
): Promise<string | undefined> {
  for (const folder of folders) {
    const file = join(folder, name);
    const info = await stat(file).catch(() => undefined);
    if (info?.isFile()) return file;
    const same = info ? undefined : await near.same(file);
    if (same !== undefined) return same;
  }
  return undefined;
}

/** The one file of a folder with an ending, or the one that `data.file` names. Throws `data-file-missing`. */
export async function tableFile(folder: string, file: string | undefined, ending: RegExp): Promise<string> {
  if (file !== undefined) return join(folder, file);
  const { readdir } = await import('node:fs/promises');
  const found = (await readdir(folder)).filter((name) => ending.test(name)).sort();
  if (found.length === 1) return join(folder, found[0]!);
  throw new FacecomError(
    'data-file-missing',
    found.length === 0 ? 'The folder has no table of labels.' : 'The folder has several tables.',
    {
      place: { file: folder },
      found: found.length === 0 ? 'none' : shown(found),
      expected: `one file whose name ends in ${ending.source.replaceAll(/[\\$]/g, '')}`,
      remedy: 'Name it in data.file.',
      exitCode: 2,
    },
  );
}
