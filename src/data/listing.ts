import { resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import type { Experiment } from '../spec/index.ts';
import type { DataWarning, PictureEntry } from './dataset.ts';
import { shown } from './shown.ts';
import type { Side } from './sides.ts';

export type DataSettings = Experiment['data'];

/** What a source of files is told: the keys of `data`, or of one item of `data.sources`. */
export type ListSettings = Pick<
  DataSettings,
  'path' | 'file' | 'columns' | 'delimiter' | 'genders' | 'pairs'
> & {
  source: DataSettings['source'];
};

/** An image's labels and file, before the file is looked at. */
export interface ListedPicture {
  /** Unique in the data set. */
  name: string;
  /** Absolute path. */
  file: string;
  gender: PictureEntry['gender'];
  person: string | undefined;
  side?: Side | undefined;
}

export interface ListedPair {
  left: string;
  right: string;
  same: boolean;
  /** Part of a list that is divided into parts, such as LFW's ten. */
  fold?: number;
}

/** What a source of files finds. */
export interface Listing {
  /** Absolute path of the folder. */
  folder: string;
  pictures: ListedPicture[];
  pairs?: ListedPair[] | undefined;
  warnings: DataWarning[];
  /** What was recognised, a line each. */
  notes: string[];
  /** Nobody may be on two sides that the source gives. */
  peopleApart?: boolean;
  /** Images that one of these joins are versions of one photograph, beside what their names tell. */
  groups?: Map<string, string[]>;
}

/** A source of images in files. */
export interface FileSource {
  list(settings: ListSettings, options: { signal?: AbortSignal | undefined }): Promise<Listing>;
}

/** The folder that `path` names. Throws `data-path-missing`. */
export async function existingFolder({ path, source }: ListSettings, expected: string): Promise<string> {
  const { stat } = await import('node:fs/promises');
  if (path === undefined || path === '')
    throw new FacecomError('data-path-missing', `data.source ${source} needs data.path.`, {
      expected,
      remedy: 'Set data.path in the spec, or add --set data.path=FOLDER.',
      exitCode: 2,
    });
  const folder = resolve(path);
  const info = await stat(folder).catch(() => undefined);
  if (info?.isDirectory()) return folder;
  throw new FacecomError('data-path-missing', `data.path ${info ? 'is not a folder' : 'does not exist'}.`, {
    found: folder,
    expected,
    remedy: 'Correct data.path; it is taken relative to the working directory.',
    exitCode: 2,
  });
}

/** Throws `data-empty` if a folder holds no image, and says what it holds in their place. */
export function refuseEmpty(
  folder: string,
  count: number,
  others: readonly string[],
  expected: string,
): void {
  if (count > 0) return;
  const archives = others.filter((name) => /\.(?:zip|tar|tgz|gz|7z|rar)$/i.test(name));
  throw new FacecomError('data-empty', 'The folder holds no images.', {
    place: { file: folder },
    found:
      archives.length > 0 ? shown(archives) : others.length > 0 ? `${others.length} other files` : 'nothing',
    expected,
    remedy: archives.length > 0 ? 'Unpack the archives there first.' : 'Correct data.path or data.source.',
    exitCode: 2,
  });
}
