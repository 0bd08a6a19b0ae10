import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { plural } from '../../base/format.ts';
import { readTree } from '../competition/tree.ts';
import { type DataSettings, existingFolder, type FileSource, refuseEmpty } from '../listing.ts';
import { readTable } from '../table.ts';
import { walk } from '../walk.ts';

type Kind = 'facecom' | 'competition' | 'csv' | 'jsonl' | 'folders' | 'pairs';

const loaders: Record<Kind, () => Promise<{ source: FileSource }>> = {
  facecom: () => import('./facecom.ts'),
  competition: () => import('./competition.ts'),
  csv: () => import('./csv.ts'),
  jsonl: () => import('./jsonl.ts'),
  folders: () => import('./folders.ts'),
  pairs: () => import('./pairs.ts'),
};

/** Looks at a folder, takes it for one of the other sources and notes which. */
export const source: FileSource = {
  async list(settings, options) {
    const folder = await existingFolder(settings, 'the folder of a data set');
    const { kind, reason } = await recognise(folder, options.signal);
    const { source: files } = await loaders[kind]();
    const pairs = settings.pairs ?? (await pairList(folder));
    const file = settings.file ?? (kind === 'folders' ? await genderList(folder, settings) : undefined);
    const listing = await files.list(
      {
        ...settings,
        source: kind,
        ...(pairs === undefined ? {} : { pairs }),
        ...(file === undefined ? {} : { file }),
      },
      options,
    );
    const found = `data.source auto: ${kind}, for ${reason}`;
    const beside = pairs !== undefined && settings.pairs === undefined ? `; pairs of ${pairs}` : '';
    const table = file !== undefined && settings.file === undefined ? `; genders of ${file}` : '';
    return { ...listing, notes: [found + table + beside, ...listing.notes] };
  },
};

/** The name under which a folder has a list of pairs. */
async function pairList(folder: string): Promise<string | undefined> {
  return (await readdir(folder)).find((name) => /^pairs\.(?:txt|csv)$/i.test(name));
}

/** The only table beside folders of identities, where its columns are those of genders. */
async function genderList(
  folder: string,
  { columns, delimiter }: Pick<DataSettings, 'columns' | 'delimiter'>,
): Promise<string | undefined> {
  const [file, ...others] = (await readdir(folder)).filter((name) => isTable(name));
  if (file === undefined || others.length > 0) return undefined;
  const table = await readTable(join(folder, file), delimiter).catch(() => undefined);
  const has = (name: string) => table?.columns.includes(name) === true;
  return has(columns.gender) && (has(columns.identity) || has(columns.image)) ? file : undefined;
}

const isTable = (name: string): boolean => /\.[ct]sv$/i.test(name) && !/^pairs\./i.test(name);

/** What a folder is, and by what that is seen. Throws `data-layout` if it is none of the known layouts. */
export async function recognise(
  folder: string,
  signal?: AbortSignal,
): Promise<{ kind: Kind; reason: string }> {
  const top = await readdir(folder);
  if (top.includes('annotations.json')) return { kind: 'facecom', reason: 'it has annotations.json' };
  const { pictures, others } = await walk(folder, signal);
  const { files } = readTree(folder, pictures);
  const tasks = new Set(files.map(({ task }) => task));
  if (files.length > pictures.length / 2 && isChallenge(pictures, tasks))
    return {
      kind: 'competition',
      reason: `its folders are those of Task ${[...tasks].sort().join(' and Task ')}`,
    };
  const tables = top.filter(isTable);
  const lines = top.filter((name) => /\.(?:jsonl|ndjson)$/i.test(name));
  const inFolders = pictures.filter((name) => name.includes('/')).length;
  if (inFolders < pictures.length || new Set(pictures.map((name) => name.split('/')[0])).size < 2) {
    if (lines.length === 1) return { kind: 'jsonl', reason: `it has ${lines[0]}` };
    if (tables.length === 1) return { kind: 'csv', reason: `it has ${tables[0]}` };
  }
  const listed = (await pairList(folder)) !== undefined;
  const single = new Set(pictures.map((name) => name.split('/')[0])).size < 2;
  if (inFolders > 0 && !(listed && single))
    return { kind: 'folders', reason: 'its images lie in a folder for each identity' };
  if (pictures.length > 0 && listed) return { kind: 'pairs', reason: 'it has a list of pairs and no labels' };
  refuseEmpty(folder, pictures.length, others, 'a data set');
  throw new FacecomError('data-layout', 'The folder has none of the known layouts.', {
    place: { file: folder },
    found: `${plural(pictures.length, 'image')} in one folder, without labels`,
    expected:
      'annotations.json, the folders of the challenge, one folder an identity, or one table (.csv, .jsonl) of labels',
    remedy: 'Add labels, or set data.source and data.file.',
    exitCode: 2,
  });
}

/** Folders named after a task, or genders in the folders of a side. */
function isChallenge(pictures: readonly string[], tasks: ReadonlySet<string>): boolean {
  return (
    tasks.has('A') ||
    pictures.some((name) => /(?:^|\/)task[ _-]?[ab]\//i.test(name)) ||
    (tasks.has('B') && pictures.some((name) => /\/distort(?:ion|ed)s?\//i.test(name)))
  );
}
