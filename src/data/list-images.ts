import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { isPictureName, walk } from './walk.ts';

export interface ListedImage {
  /** What it is called in the answer: below the folder if one folder is asked for, else as asked for. */
  name: string;
  file: string;
}

export interface ListedImages {
  images: ListedImage[];
  /** What has the name of an image in a folder and is no file of it, with the reason. */
  leftOut: { name: string; why: string }[];
}

/**
 * The images that files and folders (with theirs below) mean, each real file of a folder once. Throws `data-path-missing` and, if
 * there is nothing of an image's name, `data-empty`.
 */
export async function listImages(paths: readonly string[]): Promise<ListedImages> {
  const found = new Map<string, ListedImage>();
  const leftOut: ListedImages['leftOut'] = [];
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
    const { pictures, special, outside } = await walk(path);
    const called = (name: string) => (paths.length === 1 ? name : join(path, name));
    for (const name of pictures) found.set(join(path, name), { name: called(name), file: join(path, name) });
    for (const name of special)
      leftOut.push({ name: called(name), why: 'a pipe, socket or device, no regular file' });
    for (const name of outside.filter(isPictureName))
      leftOut.push({ name: called(name), why: 'a link out of the folder, or to nothing' });
  }
  if (found.size + leftOut.length === 0)
    throw new FacecomError('data-empty', 'There are no images.', {
      found: paths.join(', '),
      expected: 'JPEG, PNG, WebP, AVIF, GIF, TIFF, BMP, PGM or PPM images',
      exitCode: 2,
    });
  return { images: [...found.values()], leftOut };
}
