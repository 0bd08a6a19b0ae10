import { writeFile } from 'node:fs/promises';
import { FacecomError } from '../../base/errors.ts';

export interface SheetRow {
  label: string;
  /** Pictures `[size, size, 3]`, each with a caption. */
  pictures: { pixels: Uint8Array; caption?: string }[];
}

const gap = 4;
const textHeight = 14;

/** Writes rows of pictures with their labels as one PNG. Gives its size, pixels. */
export async function writeSheet(
  file: string,
  rows: SheetRow[],
  size: number,
): Promise<{ width: number; height: number }> {
  const { default: sharp } = await import('sharp');
  const shown = size < 96 ? Math.ceil(96 / size) : 1;
  const side = size * shown;
  const captions = rows.some((row) => row.pictures.some((picture) => picture.caption));
  const labelWidth = 8 + 7 * Math.max(...rows.map((row) => row.label.length));
  const step = side + gap + (captions ? textHeight : 0);
  const width = labelWidth + Math.max(...rows.map((row) => row.pictures.length)) * (side + gap);
  const height = rows.length * step + gap;
  const pixels = new Uint8Array(width * height * 3).fill(24);
  const texts: string[] = [];
  for (const [r, row] of rows.entries()) {
    const top = gap + r * step;
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
      if (picture.caption) texts.push(text(left, top + side + 11, picture.caption, 10));
    }
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${texts.join('')}</svg>`;
  const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer();
  try {
    await writeFile(file, png);
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

function text(x: number, y: number, content: string, size = 11): string {
  const escaped = content.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!);
  return `<text x="${x}" y="${y}" fill="#ddd" font-family="monospace" font-size="${size}">${escaped}</text>`;
}
