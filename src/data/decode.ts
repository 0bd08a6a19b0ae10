import { FacecomError } from '../base/errors.ts';

/** Counts up when the same file gives other pixels. */
export const decodeVersion = 'sharp-fill-1';

/**
 * Decodes a picture, upright by its EXIF orientation, and stretches it to `[size, size, 3]` sRGB, 0..255, as the replaced program did.
 * Throws `data-picture-corrupt`.
 */
export async function decodePicture(file: string, size: number): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  try {
    const { data, info } = await sharp(file, { failOn: 'error' })
      .autoOrient()
      .resize(size, size, { fit: 'fill' })
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return toRgb(data, info.channels, size * size);
  } catch (error) {
    throw corruptPicture(file, error);
  }
}

/** What is said of a picture that cannot be decoded. */
export function corruptPicture(file: string, cause: unknown): FacecomError {
  return new FacecomError('data-picture-corrupt', 'A picture cannot be decoded.', {
    place: { file },
    found: `${file}: ${(cause as Error).message.split('\n')[0]}`,
    expected: 'a whole JPEG, PNG, WebP, AVIF, TIFF or GIF picture',
    remedy: 'Replace the picture, or remove its entry from annotations.json.',
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
