import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { existingFolder, type FileSource } from '../listing.ts';
import { readPairs } from '../pair-list.ts';
import { shown } from '../shown.ts';

/** A list of pairs, and the images that it names: for verification. Whom they show is known if a folder is named after them. */
export const source: FileSource = {
  async list(settings) {
    const folder = await existingFolder(settings, 'the folder of the images and the list of pairs');
    const list = settings.pairs ?? settings.file ?? 'pairs.txt';
    const pairs = await readPairs(folder, list, settings);
    const names = [...new Set(pairs.flatMap(({ left, right }) => [left, right]))].sort();
    const missing: string[] = [];
    for (const name of names) {
      const info = await stat(join(folder, name)).catch(() => undefined);
      if (!info?.isFile()) missing.push(name);
    }
    if (missing.length > 0)
      throw new FacecomError('data-picture-missing', 'The list of pairs names images that do not exist.', {
        place: { file: join(folder, list) },
        found: shown(missing),
        expected: 'images of the folder',
        remedy: 'Correct the list, or data.path.',
        exitCode: 2,
      });
    const folderOf = (name: string) => name.split('/').slice(0, -1).join('/');
    // Folders are those of identities where no pair tells otherwise.
    const named = pairs.every(({ left, right, same }) => (folderOf(left) === folderOf(right)) === same);
    const pictures = names.map((name) => ({
      name,
      file: join(folder, name),
      gender: -1 as const,
      person: named && name.includes('/') ? folderOf(name) : undefined,
    }));
    return {
      folder,
      pictures,
      pairs,
      warnings: [],
      notes: [
        `${pairs.length} pairs of ${names.length} images, ${pairs.filter(({ same }) => same).length} of one identity`,
      ],
    };
  },
};
