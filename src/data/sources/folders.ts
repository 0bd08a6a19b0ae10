import { join } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { Genders } from '../genders.ts';
import { existingFolder, type FileSource, type ListedPicture, refuseEmpty } from '../listing.ts';
import { canonical } from '../names.ts';
import { withPairs } from '../pair-list.ts';
import { refuseLinks } from '../refuse-links.ts';
import { shown } from '../shown.ts';
import { sideOf } from '../sides.ts';
import { readTable } from '../table.ts';
import { isVersionFolder } from '../versions.ts';
import { walk } from '../walk.ts';

/**
 * One folder an identity: `[train|val|test/][<gender>/]<identity>/…`. Sides and genders are read from folders if all folders of
 * that level name one. `data.file` may name a table of genders by image or by identity.
 */
export const source: FileSource = {
  async list(settings, { signal }) {
    const expected = 'one folder of images an identity';
    const folder = await existingFolder(settings, expected);
    const found = await walk(folder, signal);
    refuseLinks(folder, found);
    refuseEmpty(folder, found.pictures.length, found.others, expected);
    const genders = new Genders(settings.genders);
    const read = readFolders(found.pictures, genders);
    const labels = settings.file === undefined ? undefined : await genderTable(folder, settings, genders);
    const pictures = read.map(({ name, person, side, gender }): ListedPicture => {
      const label = labels?.(name, person) ?? gender ?? -1;
      return { name, file: join(folder, name), person, gender: label, side };
    });
    const loose = pictures.filter(({ person }) => person === undefined).map(({ name }) => name);
    if (loose.length === pictures.length)
      throw new FacecomError('data-layout', 'The images lie in no folder of their own.', {
        place: { file: folder },
        found: shown(loose, 3),
        expected,
        remedy: 'Put the images of each identity into a folder, or use data.source csv.',
        exitCode: 2,
      });
    return withPairs({ folder, pictures, warnings: [], notes: notesOf(pictures) }, settings);
  },
};

interface FolderPicture {
  name: string;
  person: string | undefined;
  side: ReturnType<typeof sideOf>;
  gender: 0 | 1 | undefined;
}

/** What the folders of each image say. */
export function readFolders(names: readonly string[], genders: Genders): FolderPicture[] {
  let paths = names.map((name) =>
    name
      .split('/')
      .slice(0, -1)
      .filter((part) => !isVersionFolder(part)),
  );
  const level = <T>(read: (part: string) => T | undefined): (T | undefined)[] => {
    const found = paths.map(([first]) => (first === undefined ? undefined : read(first)));
    if (found.some((value) => value === undefined)) return names.map(() => undefined);
    paths = paths.map((path) => path.slice(1));
    return found;
  };
  const sides = level(sideOf);
  const labels = level((part) => genders.folder(part));
  return names.map((name, i) => ({
    name,
    person: paths[i]!.length > 0 ? paths[i]!.join('/') : undefined,
    side: sides[i],
    gender: labels[i],
  }));
}

/** Genders by image, or by identity if the table has no column of images. */
async function genderTable(
  folder: string,
  settings: Parameters<FileSource['list']>[0],
  genders: Genders,
): Promise<(name: string, person: string | undefined) => -1 | 0 | 1 | undefined> {
  const { columns } = settings;
  const table = await readTable(join(folder, settings.file!), settings.delimiter);
  table.needs([columns.gender]);
  const byPicture = table.columns.includes(columns.image);
  if (!byPicture) table.needs([columns.identity]);
  const found = new Map<string, -1 | 0 | 1>();
  for (const { values, place } of table.rows)
    found.set(
      canonical(values[byPicture ? columns.image : columns.identity] ?? ''),
      genders.collect(values[columns.gender], place),
    );
  genders.check();
  return (name, person) =>
    byPicture ? found.get(canonical(name)) : person === undefined ? undefined : found.get(canonical(person));
}

function notesOf(pictures: readonly ListedPicture[]): string[] {
  const sides = new Set(pictures.map(({ side }) => side));
  sides.delete(undefined);
  return [
    `one folder an identity${sides.size > 0 ? `, in ${[...sides].join(', ')}` : ''}${pictures.some(({ gender }) => gender >= 0) ? ', with genders' : ', without genders'}`,
  ];
}
