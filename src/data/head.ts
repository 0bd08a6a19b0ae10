import { firstBytes, formatOf, readFormats } from './formats/index.ts';

/** What an image's first bytes tell, or why it cannot be read. */
export type Head = { format: string; width: number; height: number } | HeadError;

export interface HeadError {
  error: string;
  /** data-picture-corrupt, data-picture-format (a format that is not read) or data-picture-size. */
  code: 'data-picture-corrupt' | 'data-picture-format' | 'data-picture-size';
}

/** Pixels of the largest image that is decoded: libvips' own limit. */
export const largest = 0x3fff * 0x3fff;

/** Format and size of an image, upright by its EXIF orientation, from its header; nothing is decoded. */
export async function readHead(input: Buffer | string): Promise<Head> {
  const bytes = typeof input === 'string' ? await firstBytes(input) : input;
  if (bytes.length === 0) return { error: 'the file is empty', code: 'data-picture-corrupt' };
  const format = formatOf(bytes);
  if (!format) return { error: `its content is not ${readFormats}`, code: 'data-picture-corrupt' };
  if (format.refused)
    return { error: `${format.name} is not a format that is read`, code: 'data-picture-format' };
  try {
    const { width, height } = format.size ? format.size(bytes) : await sharpSize(input);
    if (!(width > 0 && height > 0)) throw new Error(`a header of ${width} × ${height} pixels`);
    if (width * height > largest)
      return { error: `${width} × ${height} pixels are too many`, code: 'data-picture-size' };
    // A path stands for a file too large to be held; of others every byte is here.
    const damage = typeof input === 'string' ? undefined : await format.damage?.(input);
    if (damage !== undefined) return { error: damage, code: 'data-picture-corrupt' };
    return { format: format.name, width, height };
  } catch (error) {
    return { error: (error as Error).message.split('\n')[0]!, code: 'data-picture-corrupt' };
  }
}

/** Without libvips' own limit, so that the size of an image that is too large can be told; nothing is decoded. */
async function sharpSize(input: Buffer | string): Promise<{ width: number; height: number }> {
  const { default: sharp } = await import('sharp');
  const { autoOrient } = await sharp(input, { limitInputPixels: false }).metadata();
  return autoOrient;
}
