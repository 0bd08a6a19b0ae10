import { readFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { FacecomError } from '../base/errors.ts';
import { firstBytes, formatOf, readFormats } from './formats/index.ts';

/** Counts up when the same file gives other pixels. */
export const decodeVersion = 'sharp-2';

/** How an image that is not square becomes so. */
export type Fit = 'stretch' | 'crop' | 'pad';

const fits = { stretch: 'fill', crop: 'cover', pad: 'contain' } as const;

/**
 * Decodes an image, upright by its EXIF orientation, alpha laid over black, to `[size, size, 3]` sRGB, 0..255: stretched, its middle
 * or whole with black bars. Throws `data-picture-corrupt`, and `data-picture-format` for a format that is not read.
 */
export async function decodePicture(file: string, size: number, fit: Fit = 'stretch'): Promise<Uint8Array> {
  try {
    const { data, info } = await (await openSharp(file))
      .autoOrient()
      .resize(size, size, { fit: fits[fit], background: '#000' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return toRgb(data, info.channels, size * size);
  } catch (error) {
    if (error instanceof FacecomError) throw error;
    throw corruptPicture(file, error);
  }
}

/** An image opened in sharp, whatever reads its format; what its content is decides, not its name. */
export async function openSharp(file: string): Promise<Sharp> {
  const sharp = await loadSharp();
  const format = formatOf(await firstBytes(file));
  if (!format || format.refused)
    throw new FacecomError(
      format ? 'data-picture-format' : 'data-picture-corrupt',
      'A file is not an image that can be read.',
      {
        place: { file },
        found: `${file}: ${format ? `${format.name} is not a format that is read` : `its content is not ${readFormats}`}`,
        expected: readFormats,
        remedy: 'Convert it to PNG or JPEG, or leave it out (data.on_error: skip).',
        exitCode: 2,
      },
    );
  if (!format.read) return sharp(file, { failOn: 'error' });
  const { data, width, height, channels } = format.read(await readFile(file));
  return sharp(data, { raw: { width, height, channels } });
}

let loaded: Promise<typeof import('sharp').default> | undefined;

/** sharp for many images at once: one thread each, and no memory of operations that do not come again. */
function loadSharp(): Promise<typeof import('sharp').default> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
  return loaded;
}

/** Images worth decoding at once: libuv's threads, of which there are four unless UV_THREADPOOL_SIZE says otherwise. */
export function decodeConcurrency(): number {
  return Math.max(1, Number(process.env.UV_THREADPOOL_SIZE) || 4);
}

/** What is reported about an image that cannot be decoded. */
export function corruptPicture(file: string, cause: unknown): FacecomError {
  return new FacecomError('data-picture-corrupt', 'An image cannot be decoded.', {
    place: { file },
    found: `${file}: ${reasonOf(cause as Error)}`,
    expected: `${readFormats}, whole`,
    remedy: 'Replace the image, remove its entry, or leave it out (data.on_error: skip).',
    exitCode: 2,
    cause,
  });
}

/** libvips keeps one message for all threads, and another one may have taken it. */
function reasonOf({ message }: Error): string {
  const [first] = message.split('\n');
  return first === 'Unknown error' ? 'it is damaged, or ends early' : first!;
}

/** RGB of grey or colour, with or without alpha, which is laid over black: sharp takes longer to do so than for all the rest. */
function toRgb(data: Uint8Array, channels: number, count: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const pixels = new Uint8Array(count * 3);
  const colours = channels < 3 ? 1 : 3;
  const alpha = channels > colours;
  for (let i = 0; i < count; i++) {
    const opacity = alpha ? data[i * channels + colours]! : 255;
    for (let c = 0; c < 3; c++)
      pixels[3 * i + c] = Math.round((data[i * channels + (colours === 1 ? 0 : c)]! * opacity) / 255);
  }
  return pixels;
}
