import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { FacecomError } from '../base/errors.ts';

export interface PictureStore {
  /** A view of image i, not to be written to. */
  pixels(i: number): Uint8Array;
  copyPixels(i: number, target: Uint8Array, offset: number): void;
  /** Images that cannot be decoded and are to be left out. */
  broken?: ReadonlySet<number>;
}

const magic = 0x31434346; // "FCC1"
export const headerBytes = 16;

/** Opens a cache file: whole into memory, or for reading image by image; undefined if there is none. */
export function openFile(
  file: string,
  count: number,
  length: number,
  large: boolean,
): PictureStore | 'damaged' | undefined {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return undefined;
  }
  let keepOpen = false;
  try {
    const bodyStart = headerBytes + 4 * count;
    if (fstatSync(fd).size !== bodyStart + count * length) return 'damaged';
    const head = readFully(fd, headerBytes, 0);
    if (Buffer.compare(head, header(count, length)) !== 0) return 'damaged';
    const checksums = new Uint32Array(readFully(fd, 4 * count, headerBytes).buffer);
    if (large) {
      keepOpen = true;
      return fileStore(fd, file, checksums, length);
    }
    const memory = readFully(fd, count * length, bodyStart);
    for (let i = 0; i < count; i++)
      if (checksums[i] !== 0 && checksum(memory.subarray(i * length, (i + 1) * length)) !== checksums[i])
        return 'damaged';
    return memoryStore(memory, length, brokenOf(checksums));
  } catch {
    return 'damaged';
  } finally {
    if (!keepOpen) closeSync(fd);
  }
}

/** Images whose checksum says that they could not be decoded. */
function brokenOf(checksums: Uint32Array): Set<number> {
  const broken = new Set<number>();
  for (const [i, sum] of checksums.entries()) if (sum === 0) broken.add(i);
  return broken;
}

export function memoryStore(
  memory: Uint8Array,
  length: number,
  broken: ReadonlySet<number> = new Set(),
): PictureStore {
  const pixels = (i: number) => memory.subarray(i * length, (i + 1) * length);
  return { pixels, copyPixels: (i, target, offset) => target.set(pixels(i), offset), broken };
}

/** Reads one image at a time; the descriptor lives as long as the process. */
export function fileStore(fd: number, file: string, checksums: Uint32Array, length: number): PictureStore {
  const bodyStart = headerBytes + 4 * checksums.length;
  const read = (i: number): Uint8Array => {
    const pixels = readFully(fd, length, bodyStart + i * length);
    if (checksum(pixels) === checksums[i]) return pixels;
    // Away with it, so that the next start makes it anew.
    rmSync(file, { force: true });
    throw new FacecomError('data-cache-damaged', `Image ${i} of the cache is damaged.`, {
      found: file,
      remedy: 'The damaged file was removed; start again and it is made anew.',
    });
  };
  return {
    pixels: read,
    copyPixels: (i, target, offset) => target.set(read(i), offset),
    broken: brokenOf(checksums),
  };
}

export function header(count: number, length: number): Uint8Array {
  const words = new Uint32Array([magic, count, length, 0]);
  words[3] = checksum(new Uint8Array(words.buffer, 0, 12));
  return new Uint8Array(words.buffer);
}

/** 32 bits over the bytes, by the step of FNV-1a over words with a rotation; finds damage, not forgery. Never 0. */
export function checksum(bytes: Uint8Array): number {
  let h = 0x811c9dc5 ^ bytes.length;
  const whole = bytes.length & ~3;
  if (bytes.byteOffset % 4 === 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, whole >> 2);
    for (let i = 0; i < words.length; i++) {
      h = Math.imul(h ^ words[i]!, 0x01000193);
      h = (h << 13) | (h >>> 19);
    }
  } else
    for (let i = 0; i < whole; i += 4) {
      h = Math.imul(
        h ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)),
        0x01000193,
      );
      h = (h << 13) | (h >>> 19);
    }
  for (let i = whole; i < bytes.length; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h >>> 0 || 1;
}

export function writeFully(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}

function readFully(fd: number, length: number, position: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const n = readSync(fd, bytes, done, length - done, position + done);
    if (n === 0) throw new Error('unexpected end of file');
    done += n;
  }
  return bytes;
}
