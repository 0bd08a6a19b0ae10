import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FacecomError } from './errors.ts';
import { makeFolder } from './files.ts';

/** Makes a folder for what is written, and refuses one that holds something. */
export async function newFolder(path: string): Promise<string> {
  const folder = resolve(path);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new FacecomError(
      'data-folder-unwritable',
      `The folder cannot be made: ${(error as Error).message}`,
      {
        found: folder,
        remedy: 'Choose another folder.',
        exitCode: 2,
        cause: error,
      },
    );
  }
  const names = await readdir(folder);
  if (names.length > 0)
    throw new FacecomError('data-folder-not-empty', 'The folder is not empty, and nothing is overwritten.', {
      found: `${folder}: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
      remedy: 'Name a new folder, or empty this one.',
      exitCode: 2,
    });
  return folder;
}
