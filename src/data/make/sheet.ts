import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { FacecomError } from '../../base/errors.ts';

export interface SheetRow {
  label: string;
  /** Images `[size, size, 3]`, each with a caption of one or more lines. */
  pictures: { pixels: Uint8Array; caption?: string }[];
}

const formats: Record<string, 'png' | 'jpeg' | 'webp'> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
};
const gap = 4;
const lineHeight = 12;
const titleHeight = 20;

/** Writes rows of images with their labels under a title as one image, in the format of the file's ending. Returns its size, pixels. */
export async function writeSheet(
  file: string,
  rows: SheetRow[],
  size: number,
  title: string,
): Promise<{ width: number; height: number }> {
  const format = formats[extname(file).toLowerCase()];
  if (!format)
    throw new FacecomError('data-preview-unwritable', 'A contact sheet is a PNG, JPEG or WebP file.', {
      found: file,
      expected: Object.keys(formats).join(', '),
      remedy: 'Choose another file with --out.',
      exitCode: 2,
    });
  const { default: sharp } = await import('sharp');
  const shown = size < 96 ? Math.ceil(96 / size) : 1;
  const side = size * shown;
  const labelWidth = 8 + 7 * Math.max(...rows.map((row) => row.label.length));
  const heights = rows.map(({ pictures }) => {
    const lines = Math.max(0, ...pictures.map(({ caption }) => linesOf(caption).length));
    return side + gap + (lines > 0 ? lines * lineHeight + 2 : 0);
  });
  const width = Math.max(
    labelWidth + Math.max(...rows.map((row) => row.pictures.length)) * (side + gap),
    16 + 8 * title.length,
  );
  const height = titleHeight + heights.reduce((sum, rowHeight) => sum + rowHeight, 0) + gap;
  const pixels = new Uint8Array(width * height * 3).fill(24);
  const texts = [text(4, 14, title, 13)];
  let top = titleHeight + gap;
  for (const [r, row] of rows.entries()) {
    texts.push(text(4, top + side / 2 + 4, row.label));
    for (const [c, picture] of row.pictures.entries()) {
      const left = labelWidth + c * (side + gap);
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          const from = 3 * (Math.floor(y / shown) * size + Math.floor(x / shown));
          const to = 3 * ((top + y) * width + left + x);
          pixels[to] = picture.pixels[from]!;
          pixels[to + 1] = picture.pixels[from + 1]!;
          pixels[to + 2] = picture.pixels[from + 2]!;
        }
      for (const [l, line] of linesOf(picture.caption).entries())
        texts.push(text(left, top + side + 11 + l * lineHeight, line, 10));
    }
    top += heights[r]!;
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${texts.join('')}</svg>`;
  const encoded = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .toFormat(format)
    .toBuffer();
  try {
    await writeFile(file, encoded);
  } catch (error) {
    throw new FacecomError('data-preview-unwritable', 'The contact sheet cannot be written.', {
      found: `${file}: ${(error as Error).message}`,
      remedy: 'Choose another file with --out.',
      exitCode: 2,
      cause: error,
    });
  }
  return { width, height };
}

const linesOf = (caption: string | undefined): string[] => (caption ? caption.split('\n') : []);

function text(x: number, y: number, content: string, size = 11): string {
  const escaped = content.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!);
  return `<text x="${x}" y="${y}" fill="#ddd" font-family="monospace" font-size="${size}">${escaped}</text>`;
}
