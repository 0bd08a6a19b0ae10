import { copyFile, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { newFolder } from '../../base/new-folder.ts';
import { corruptPicture, openSharp } from '../decode.ts';
import { canonical } from '../names.ts';
import { refuseLinks } from '../refuse-links.ts';
import { shown } from '../shown.ts';
import { readTable } from '../table.ts';
import { walk } from '../walk.ts';
import { type Point, type Similarity, similarity } from './similarity.ts';

export interface AlignOptions {
  /** CSV file: image, then ten numbers. */
  landmarks: string;
  /** Side of what is written, pixels. */
  size: number;
  signal?: AbortSignal;
  onProgress?: (progress: { done: number; total: number }) => void;
}

/** Where ArcFace puts eyes, nose and corners of the mouth in an image of 112 × 112 (insightface's template). */
const template: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

/**
 * Copies a folder of images, each turned, scaled and cut so that its landmarks lie where ArcFace expects them (least squares,
 * Umeyama 1991). Names and folders stay; tables and annotations.json are copied. Images without landmarks are left out and counted; `strange` are landmarks of no image.
 */
export async function alignFolder(
  path: string,
  out: string,
  { landmarks, size, signal, onProgress }: AlignOptions,
): Promise<{ folder: string; pictures: number; without: number; strange: string[] }> {
  const source = resolve(path);
  if (!(await stat(source).catch(() => undefined))?.isDirectory())
    throw new FacecomError('data-path-missing', 'There is no such folder of images.', {
      found: source,
      exitCode: 2,
    });
  const points = await readLandmarks(landmarks);
  const found = await walk(source, signal);
  refuseLinks(source, found);
  const faces = found.pictures.filter((name) => pointsOf(points, name) !== undefined);
  if (faces.length === 0)
    throw new FacecomError('data-landmarks', 'The landmarks are of no image of the folder.', {
      place: { file: resolve(landmarks) },
      found: `${shown([...points.keys()], 3)} for ${shown(found.pictures, 3)}`,
      expected: 'names of the images, relative to the folder or alone',
      exitCode: 2,
    });
  const folder = await newFolder(out);
  const target = template.map(([x, y]): Point => [(x * size) / 112, (y * size) / 112]);
  for (const [done, name] of faces.entries()) {
    signal?.throwIfAborted();
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await alignPicture(join(source, name), file, similarity(pointsOf(points, name)!, target), size);
    onProgress?.({ done: done + 1, total: faces.length });
  }
  for (const name of found.others)
    if (/\.(?:csv|tsv|json|jsonl|ndjson|txt)$/i.test(name)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await copyFile(join(source, name), join(folder, name));
    }
  const known = new Set(found.pictures.flatMap((name) => [canonical(name), canonical(basename(name))]));
  const strange = [...points.keys()].filter((name) => !known.has(name));
  return { folder, pictures: faces.length, without: found.pictures.length - faces.length, strange };
}

/** Landmarks by the image's path or, if a list gives that alone, by its name. */
const pointsOf = (points: ReadonlyMap<string, Point[]>, name: string): Point[] | undefined =>
  points.get(canonical(name)) ?? points.get(canonical(basename(name)));

async function readLandmarks(file: string): Promise<Map<string, Point[]>> {
  const table = await readTable(resolve(file), ',');
  const [first, ...columns] = table.columns;
  if (first === undefined || columns.length !== 10)
    throw new FacecomError('data-landmarks', 'The table has not the columns of five landmarks.', {
      place: { file: resolve(file), line: 1 },
      found: `${table.columns.length} columns`,
      expected: 'image, then x and y of left eye, right eye, nose, left and right corner of the mouth',
      exitCode: 2,
    });
  const points = new Map<string, Point[]>();
  for (const { values, place } of table.rows) {
    const numbers = columns.map((column) => (values[column] === '' ? Number.NaN : Number(values[column])));
    if (!numbers.every(Number.isFinite))
      throw new FacecomError('data-landmarks', 'A landmark is no number.', {
        place,
        found: shown(
          columns.map((column) => values[column] ?? ''),
          10,
        ),
        expected: 'ten numbers',
        exitCode: 2,
      });
    points.set(
      canonical(values[first]!),
      [0, 2, 4, 6, 8].map((k): Point => [numbers[k]!, numbers[k + 1]!]),
    );
  }
  return points;
}

/** Warps an image; one that is far larger than the face that is cut from it is made smaller first, so that no pixel is skipped. */
async function alignPicture(file: string, out: string, map: Similarity, size: number): Promise<void> {
  try {
    const image = (await openSharp(file)).autoOrient();
    const { data: whole, info } = await image
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { default: sharp } = await import('sharp');
    const scale = Math.hypot(map.a, map.b);
    const factor = Math.min(1, scale);
    const [width, height] = [info.width, info.height].map((side) => Math.max(1, Math.round(side * factor)));
    const { data, info: small } = await sharp(whole, { raw: info as never })
      .resize(width!, height!, { fit: 'fill' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const pixels = new Uint8Array(size * size * 3);
    const [sx, sy] = [small.width / info.width, small.height / info.height];
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        // Back to where the pixel comes from; pixels' middles are whole numbers, as landmarks count them.
        const [dx, dy] = [x - map.x, y - map.y];
        const length = map.a * map.a + map.b * map.b;
        const fromX = ((map.a * dx + map.b * dy) / length + 0.5) * sx - 0.5;
        const fromY = ((map.a * dy - map.b * dx) / length + 0.5) * sy - 0.5;
        bilinear(data, small, fromX, fromY, pixels, 3 * (y * size + x));
      }
    const written = sharp(pixels, { raw: { width: size, height: size, channels: 3 } });
    const ending = extname(out).toLowerCase();
    // Whatever its name says, an image is read by its content: formats that are not written are written as PNG.
    if (/^\.jpe?g$/.test(ending)) await written.jpeg({ quality: 95 }).toFile(out);
    else if (ending === '.webp') await written.webp({ lossless: true }).toFile(out);
    else
      await written
        .png()
        .toBuffer()
        .then(async (bytes) => (await import('node:fs/promises')).writeFile(out, bytes));
  } catch (error) {
    if (error instanceof FacecomError) throw error;
    throw corruptPicture(file, error);
  }
}

/** The colour between four pixels; black outside. */
function bilinear(
  data: Uint8Array,
  { width, height, channels }: { width: number; height: number; channels: number },
  x: number,
  y: number,
  target: Uint8Array,
  at: number,
): void {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  for (let c = 0; c < 3; c++) {
    let sum = 0;
    for (const [px, wx] of [
      [left, left + 1 - x],
      [left + 1, x - left],
    ] as const)
      for (const [py, wy] of [
        [top, top + 1 - y],
        [top + 1, y - top],
      ] as const)
        if (px >= 0 && py >= 0 && px < width && py < height)
          sum += wx * wy * data[channels * (py * width + px) + (channels < 3 ? 0 : c)]!;
    target[at + c] = Math.round(sum);
  }
}
