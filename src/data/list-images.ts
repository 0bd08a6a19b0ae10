import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { walk } from './walk.ts';

export interface ListedImage {
  /** What it is called in the answer: below the folder where one folder is asked for, else as asked for. */
  name: string;
  file: string;
}

/** The images that files and folders (with theirs below) mean, each real file of a folder once; links out of it are left out. Throws `data-path-missing` and `data-empty`. */
export async function listImages(paths: readonly string[]): Promise<ListedImage[]> {
  const found = new Map<string, ListedImage>();
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (!info)
      throw new FacecomError('data-path-missing', 'There is no such image or folder.', {
        found: path,
        expected: 'an image, or a folder of images',
        exitCode: 2,
      });
    if (!info.isFile() && !info.isDirectory())
      throw new FacecomError('data-picture-special', 'An image is no regular file.', {
        found: path,
        expected: 'a regular file, not a pipe, socket or device',
        exitCode: 2,
      });
    if (!info.isDirectory()) {
      found.set(path, { name: path, file: path });
      continue;
    }
    for (const name of (await walk(path)).pictures) {
      const file = join(path, name);
      found.set(file, { name: paths.length === 1 ? name : file, file });
    }
  }
  if (found.size === 0)
    throw new FacecomError('data-empty', 'There are no images.', {
      found: paths.join(', '),
      expected: 'JPEG, PNG, WebP, AVIF, GIF, TIFF, BMP, PGM or PPM images',
      exitCode: 2,
    });
  return [...found.values()];
}
