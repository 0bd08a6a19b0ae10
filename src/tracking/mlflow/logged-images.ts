import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Artifact } from './artifacts.ts';
import { hashed } from './names.ts';

/** Of a run's artifacts: images below it are shown in the grid of MLflow's page of the run. */
const FOLDER = 'images/';
/** MLflow takes every file that lies in its folder of images for one of a grid, and shows none if one is not; folders below it are left alone. */
const FILES = 'images/files/';
/** Images above which the others are plain artifacts alone. */
const MOST = 100;
const THUMBNAIL = 256; // pixels of the longer side, as Python's client makes them

/** Tells MLflow's page to look for images. */
export const LOGGED_IMAGES = 'mlflow.loggedImages';

export const isLoggedImage = ({ path }: Pick<Artifact, 'path'>): boolean =>
  path.startsWith(FOLDER) && !path.startsWith(FILES);

/**
 * Files below `images/` as they are, in a folder where MLflow's page of artifacts shows them, and images also as `mlflow.log_image` names
 * them (https://mlflow.org/docs/latest/python_api/mlflow.html#mlflow.log_image): each in full and as a thumbnail. `images/test/mistakes.jpg` is the image `test/mistakes`, beside the curves of `test/`; `images/sample@120.png` is
 * `sample` at step 120. A name is the same for the same file at all times, so that an image that changes takes the place of the one before.
 * `time`: of the run, milliseconds since 1970.
 */
export function loggedImages(files: readonly Artifact[], time: number): Artifact[] {
  let images = 0;
  return files.flatMap((file) => {
    if (!file.path.startsWith(FOLDER)) return [file];
    const plain = { ...file, path: FILES + file.path.slice(FOLDER.length) };
    if (!isImage(file.path) || images++ >= MOST) return [plain];
    const stem = `${FOLDER}${nameOf(file.path, time)}`;
    return [
      plain,
      { ...file, path: `${stem}.webp`, make: () => converted(file, { quality: 90 }) },
      {
        ...file,
        path: `${stem}+compressed.webp`,
        make: () => converted(file, { quality: 80, most: THUMBNAIL }),
      },
    ];
  });
}

const isImage = (path: string): boolean => /\.(png|jpe?g|webp)$/i.test(path);

function nameOf(path: string, time: number): string {
  const name = path.slice(FOLDER.length, -extname(path).length);
  const [, stem, step] = /^(.*?)(?:@(\d{1,15}))?$/s.exec(name)!;
  const legal = stem!.replace(/[^\w\-./ ]/g, '_');
  const key = legal === stem ? legal : hashed(legal, stem!);
  const id = createHash('sha256').update(path).digest('hex').slice(0, 32);
  return `${key.replaceAll('/', '~')}+step+${Number(step ?? 0)}+timestamp+${Math.trunc(time)}+${id}`;
}

/** The image as WebP, of which an image grid loads many; as it is if it cannot be read, or sharp not loaded. */
async function converted(
  { file }: Artifact,
  { quality, most }: { quality: number; most?: number },
): Promise<Uint8Array> {
  try {
    const { default: sharp } = await import('sharp');
    const image = sharp(file);
    const sized =
      most === undefined ? image : image.resize(most, most, { fit: 'inside', withoutEnlargement: true });
    return await sized.webp({ quality }).toBuffer();
  } catch {
    return readFile(file);
  }
}
