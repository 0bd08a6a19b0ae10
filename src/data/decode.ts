import { readFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { FacecomError } from '../base/errors.ts';
import { firstBytes, formatOf, readFormats } from './formats/index.ts';

/** Counts up when the same file gives other pixels. */
export const decodeVersion = 'sharp-fill-1';

/** How a picture that is not square becomes so. */
export type Fit = 'stretch' | 'crop' | 'pad';

const fits = { stretch: 'fill', crop: 'cover', pad: 'contain' } as const;

/**
 * Decodes a picture, upright by its EXIF orientation, alpha laid over black, to `[size, size, 3]` sRGB, 0..255: stretched, its middle
 * or whole with black bars. Throws `data-picture-corrupt`, and `data-picture-format` for a format that is not read.
 */
export async function decodePicture(file: string, size: number, fit: Fit = 'stretch'): Promise<Uint8Array> {
  try {
    const { data, info } = await (await openSharp(file))
      .autoOrient()
      .resize(size, size, { fit: fits[fit], background: '#000' })
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return toRgb(data, info.channels, size * size);
  } catch (error) {
    if (error instanceof FacecomError) throw error;
    throw corruptPicture(file, error);
  }
}

/** A picture opened in sharp, whatever reads its format; what its content is decides, not its name. */
export async function openSharp(file: string): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  const format = formatOf(await firstBytes(file));
  if (!format || format.refused)
    throw new FacecomError(
      format ? 'data-picture-format' : 'data-picture-corrupt',
      'A file is not a picture that can be read.',
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

/** What is said of a picture that cannot be decoded. */
export function corruptPicture(file: string, cause: unknown): FacecomError {
  return new FacecomError('data-picture-corrupt', 'A picture cannot be decoded.', {
    place: { file },
    found: `${file}: ${(cause as Error).message.split('\n')[0]}`,
    expected: `${readFormats}, whole`,
    remedy: 'Replace the picture, remove its entry, or leave it out (data.on_error: skip).',
    exitCode: 2,
    cause,
  });
}

function toRgb(data: Uint8Array, channels: number, count: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data);
  const pixels = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++)
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = data[i * channels + (channels < 3 ? 0 : c)]!;
  return pixels;
}
