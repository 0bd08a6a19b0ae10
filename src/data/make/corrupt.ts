import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { newFolder } from '../../base/new-folder.ts';
import { Random } from '../../base/random.ts';
import type { Condition, Severity } from '../../pixels/index.ts';
import { readAnnotations } from '../annotations.ts';
import { corruptPicture } from '../decode.ts';
import { type Annotation, writeAnnotations } from './annotations.ts';

interface Source {
  /** Path below the folder that is written. */
  name: string;
  file: string;
  labels?: Pick<Annotation, 'gender' | 'person'>;
}

export interface CorruptSettings {
  conditions: readonly Condition[];
  severity: Severity;
  /** Longest side of what is written, pixels; larger images are made smaller first. */
  size: number;
  /** Of what is random in a condition. */
  seed: number;
}

/**
 * Writes each image under each condition as `<stem>_<suffix>.png`, the names of FaceCom's own distorted images. A folder with
 * annotations.json gives one with annotations.json. Returns the folder and how many images it holds.
 */
export async function corruptFolder(
  path: string,
  out: string,
  { conditions, severity, size, seed }: CorruptSettings,
  options: { signal: AbortSignal; onProgress?: (progress: { done: number; total: number }) => void },
): Promise<{ folder: string; pictures: number }> {
  const { annotated, pictures } = await listPictures(resolve(path));
  if (`${resolve(out)}${sep}`.startsWith(`${resolve(path)}${sep}`))
    throw new FacecomError('data-folder-inside', 'The copy would lie in the folder that is copied.', {
      found: resolve(out),
      remedy: 'Name a folder outside of it.',
      exitCode: 2,
    });
  const folder = await newFolder(out);
  const total = pictures.length * conditions.length;
  const entries: Annotation[] = [];
  const taken = new Set<string>();
  for (const picture of pictures) {
    const square = await readSquare(picture.file, size);
    for (const condition of conditions) {
      options.signal.throwIfAborted();
      const stem = picture.name.slice(0, -extname(picture.name).length);
      const name = unique(taken, `${stem}_${condition.suffix}`);
      const target = join(folder, annotated ? 'images' : '', name);
      await mkdir(dirname(target), { recursive: true });
      await writePicture(target, square, condition, severity, new Random(seed, condition.name, picture.name));
      entries.push({ filename: name, gender: -1, person: undefined, ...picture.labels });
      options.onProgress?.({ done: entries.length, total });
    }
  }
  if (annotated) writeAnnotations(folder, entries);
  return { folder, pictures: total };
}

async function listPictures(folder: string): Promise<{ annotated: boolean; pictures: Source[] }> {
  const info = await stat(folder).catch(() => undefined);
  if (!info?.isDirectory())
    throw new FacecomError('data-path-missing', 'There is no such folder of images.', {
      found: folder,
      expected: 'a folder',
      exitCode: 2,
    });
  if (await stat(join(folder, 'annotations.json')).catch(() => undefined)) {
    const pictures = (await readAnnotations(folder)).map(({ filename, file, gender, person }) => ({
      name: filename,
      file: join(folder, file),
      labels: { gender, person },
    }));
    return { annotated: true, pictures };
  }
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => /\.(?:jpe?g|png|webp|avif|tiff?|gif)$/i.test(name))
    .sort();
  if (names.length === 0)
    throw new FacecomError('data-empty', 'The folder holds no images.', {
      found: folder,
      expected: 'JPEG, PNG, WebP, AVIF, TIFF or GIF images',
      exitCode: 2,
    });
  return { annotated: false, pictures: names.map((name) => ({ name, file: join(folder, name) })) };
}

interface Square {
  pixels: Uint8Array;
  size: number;
  width: number;
  height: number;
}

/** Decodes an image, made smaller if it is larger, its last row and column repeated to a square: conditions work on squares. */
async function readSquare(file: string, limit: number): Promise<Square> {
  const { default: sharp } = await import('sharp');
  try {
    const { data, info } = await sharp(file, { failOn: 'error' })
      .autoOrient()
      .resize(limit, limit, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const size = Math.max(width, height);
    const pixels = new Uint8Array(size * size * 3);
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const from = channels * (Math.min(y, height - 1) * width + Math.min(x, width - 1));
        for (let c = 0; c < 3; c++) pixels[3 * (y * size + x) + c] = data[from + (channels < 3 ? 0 : c)]!;
      }
    return { pixels, size, width, height };
  } catch (error) {
    throw corruptPicture(file, error);
  }
}

async function writePicture(
  file: string,
  { pixels, size, width, height }: Square,
  condition: Condition,
  severity: Severity,
  random: Random,
): Promise<void> {
  const { default: sharp } = await import('sharp');
  const copy = pixels.slice();
  condition.apply({ pixels: copy, size }, severity, random);
  await sharp(copy, { raw: { width: size, height: size, channels: 3 } })
    .extract({ left: 0, top: 0, width, height })
    .png({ compressionLevel: 4 })
    .toFile(file);
}

/** `a.jpg` and `a.png` of one folder would both become `a_foggy.png`. */
function unique(taken: Set<string>, stem: string): string {
  let name = `${stem}.png`;
  for (let k = 2; taken.has(name); k++) name = `${stem}-${k}.png`;
  taken.add(name);
  return name;
}
