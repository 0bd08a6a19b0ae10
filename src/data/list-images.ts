import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';

export interface ListedImage {
  /** What it is called in the answer: below the folder where one folder is asked for, else as asked for. */
  name: string;
  file: string;
}

const extension = /\.(?:jpe?g|png|webp|avif|tiff?|gif)$/i;

/** The pictures that files and folders (with theirs below) mean, each once. Throws `data-path-missing` and `data-empty`. */
export async function listImages(paths: readonly string[]): Promise<ListedImage[]> {
  const found = new Map<string, ListedImage>();
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (!info)
      throw new FacecomError('data-path-missing', 'There is no such picture or folder.', {
        found: path,
        expected: 'a picture, or a folder of pictures',
        exitCode: 2,
      });
    if (!info.isDirectory()) {
      found.set(path, { name: path, file: path });
      continue;
    }
    const names = (await readdir(path, { recursive: true })).filter((name) => extension.test(name)).sort();
    for (const name of names) {
      const file = join(path, name);
      found.set(file, { name: paths.length === 1 ? name : file, file });
    }
  }
  if (found.size === 0)
    throw new FacecomError('data-empty', 'There are no pictures.', {
      found: paths.join(', '),
      expected: 'JPEG, PNG, WebP, AVIF, TIFF or GIF pictures',
      exitCode: 2,
    });
  return [...found.values()];
}
