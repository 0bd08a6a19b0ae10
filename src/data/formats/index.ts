import { open } from 'node:fs/promises';
import { bmpSize, readBmp } from './bmp.ts';
import { jpegDamage } from './jpeg.ts';
import { pngDamage } from './png.ts';
import { pnmSize, readPnm } from './pnm.ts';
import type { RawPicture } from './raw.ts';

export type { RawPicture } from './raw.ts';

/** A format: how its first bytes tell it, and, if sharp does not read it, what does. */
interface Format {
  name: string;
  /** Whether a file begins as this format does. */
  starts: (head: Buffer) => boolean;
  read?: (bytes: Uint8Array) => RawPicture;
  size?: (bytes: Uint8Array) => { width: number; height: number };
  /** What is wrong with a whole file that its header does not tell. */
  damage?: (file: Buffer) => string | undefined | Promise<string | undefined>;
  /** Recognised, and refused. */
  refused?: true;
}

/** A test of first bytes: hexadecimal digits, `..` for any byte. */
function bytes(pattern: string): (head: Buffer) => boolean {
  const wanted = pattern.match(/../g)!.map((digits) => (digits === '..' ? -1 : Number.parseInt(digits, 16)));
  return (head) => wanted.every((byte, i) => byte < 0 || head[i] === byte);
}

/** A test of first bytes as Latin-1. */
const text = (pattern: RegExp) => (head: Buffer) => pattern.test(head.toString('latin1'));

const formats: readonly Format[] = [
  { name: 'jpeg', starts: bytes('ffd8ff'), damage: jpegDamage },
  { name: 'png', starts: bytes('89504e470d0a1a0a'), damage: pngDamage },
  { name: 'webp', starts: text(/^RIFF....WEBP/s) },
  { name: 'avif', starts: text(/^....ftyp(?:avif|avis|mif1.{0,32}avif)/s) },
  { name: 'gif', starts: text(/^GIF8[79]a/) },
  {
    name: 'tiff',
    starts: (head) => ['49492a00', '4d4d002a', '49492b00', '4d4d002b'].some((p) => bytes(p)(head)),
  },
  { name: 'bmp', starts: text(/^BM/), read: readBmp, size: bmpSize },
  { name: 'pnm', starts: text(/^P[1-6][\s#]/), read: readPnm, size: pnmSize },
  { name: 'svg', starts: text(/^(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!--|!DOCTYPE)/i), refused: true },
  { name: 'compressed svg', starts: bytes('1f8b'), refused: true },
  {
    name: 'jpeg xl',
    starts: (head) => bytes('ff0a')(head) || bytes('0000000c4a584c20')(head),
    refused: true,
  },
  { name: 'jpeg 2000', starts: bytes('0000000c6a502020'), refused: true },
  { name: 'heic', starts: text(/^....ftyp/s), refused: true },
  { name: 'photoshop', starts: text(/^8BPS/), refused: true },
  { name: 'pdf', starts: text(/^%PDF/), refused: true },
];

/** Bytes at a file's start that `formatOf` looks at. */
const headBytes = 256;

export async function firstBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The format that the content has, whatever its name; undefined for one that is not known. */
export function formatOf(bytes: Uint8Array): Format | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headBytes));
  return formats.find(({ starts }) => starts(head));
}

/** What is reported if another format is expected. */
export const readFormats = 'a JPEG, PNG, WebP, AVIF, GIF, TIFF, BMP, PGM or PPM image';
