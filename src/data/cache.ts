import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { asideName } from '../base/files.ts';
import { cacheFolder } from '../base/folders.ts';
import { markUsed, tidyCache } from './cache-tidy.ts';
import type { Collection, DataWarning, LoadOptions } from './dataset.ts';

/**
 *   pictures ─ decode once ─▶ <cache>/data/<key>.pictures ─▶ memory, or read one by one where the set is large
 *
 * The file, little-endian: 16 bytes (magic, picture count, bytes a picture, checksum of these), count checksums of 32 bits,
 * count pictures of raw uint8. It is written aside and renamed, so that it is whole or absent, and two processes that write it
 * at once write the same; what a disk or a hand damaged is found by the checksums and drawn or decoded again.
 */
export interface PictureStore {
  /** A view of picture i, not to be written to. */
  pixels(i: number): Uint8Array;
  copyPixels(i: number, target: Uint8Array, offset: number): void;
}

export interface CacheOptions extends Pick<LoadOptions, 'onProgress' | 'signal'> {
  /** Whether the user's cache folder is used. */
  keep: boolean;
  /** Largest set held in memory, bytes; a larger one is read from the file picture by picture. */
  memoryLimit?: number;
}

const magic = 0x31434346; // "FCC1"
const headerBytes = 16;

/** Pixels of all pictures of the collection, from the cache where it is whole, else decoded and kept there. */
export async function openPictures(
  collection: Collection,
  imageSize: number,
  options: CacheOptions,
  warnings: DataWarning[],
): Promise<PictureStore> {
  const count = collection.entries.length;
  const length = imageSize * imageSize * 3;
  const limit = options.memoryLimit ?? 512 * 1024 * 1024;
  const large = count * length > limit;
  if (!options.keep && !large) return memoryStore(await decodeAll(collection, length, options), length);
  const folder = join(cacheFolder(), 'data');
  const file = join(folder, `${collection.pixelKey}.pictures`);
  const cached = openFile(file, count, length, large);
  if (cached === 'damaged')
    warnings.push({ code: 'data-cache-damaged', message: `The cache ${file} was damaged and is made anew.` });
  else if (cached !== undefined) {
    markUsed(file, Date.now());
    return cached;
  }
  let fd: number;
  const aside = asideName(file);
  try {
    mkdirSync(folder, { recursive: true });
    tidyCache(folder, Date.now());
    fd = openSync(aside, 'wx+');
  } catch (error) {
    if (large) throw unwritable(folder, error);
    warnings.push({
      code: 'data-cache-unwritable',
      message: `The cache folder ${folder} cannot be written (${(error as Error).message}): pictures are decoded again by every run.`,
    });
    return memoryStore(await decodeAll(collection, length, options), length);
  }
  try {
    const checksums = new Uint32Array(count);
    const bodyStart = headerBytes + 4 * count;
    const memory = large ? undefined : new Uint8Array(count * length);
    let writeError: unknown;
    await forEachPicture(collection, length, options, (i, pixels) => {
      memory?.set(pixels, i * length);
      checksums[i] = checksum(pixels);
      if (writeError !== undefined) return;
      try {
        writeFully(fd, pixels, bodyStart + i * length);
      } catch (error) {
        if (!memory) throw unwritable(folder, error);
        writeError = error;
      }
    });
    try {
      if (writeError !== undefined) throw writeError;
      writeFully(fd, header(count, length), 0);
      writeFully(fd, new Uint8Array(checksums.buffer), headerBytes);
      fsyncSync(fd);
      renameSync(aside, file);
    } catch (error) {
      if (!memory) throw unwritable(folder, error);
      warnings.push({
        code: 'data-cache-unwritable',
        message: `The pictures could not be kept in ${folder} (${(error as Error).message}): the next run decodes them again.`,
      });
    }
    if (memory) {
      closeSync(fd);
      return memoryStore(memory, length);
    }
    return fileStore(fd, file, checksums, length);
  } catch (error) {
    closeSync(fd);
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function unwritable(folder: string, cause: unknown): FacecomError {
  return new FacecomError(
    'data-cache-unwritable',
    'The pictures do not fit in memory and cannot be kept in the cache folder.',
    {
      found: `${folder}: ${(cause as Error).message}`,
      remedy:
        'Free disk space, or set FACECOM_CACHE_DIR to a folder that can be written, or lower data.image_size.',
      cause,
    },
  );
}

function openFile(
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
      if (checksum(memory.subarray(i * length, (i + 1) * length)) !== checksums[i]) return 'damaged';
    return memoryStore(memory, length);
  } catch {
    return 'damaged';
  } finally {
    if (!keepOpen) closeSync(fd);
  }
}

function memoryStore(memory: Uint8Array, length: number): PictureStore {
  const pixels = (i: number) => memory.subarray(i * length, (i + 1) * length);
  return { pixels, copyPixels: (i, target, offset) => target.set(pixels(i), offset) };
}

/** Reads one picture at a time; the descriptor lives as long as the process. */
function fileStore(fd: number, file: string, checksums: Uint32Array, length: number): PictureStore {
  const bodyStart = headerBytes + 4 * checksums.length;
  const read = (i: number): Uint8Array => {
    const pixels = readFully(fd, length, bodyStart + i * length);
    if (checksum(pixels) === checksums[i]) return pixels;
    // Away with it, so that the next start makes it anew.
    rmSync(file, { force: true });
    throw new FacecomError('data-cache-damaged', `Picture ${i} of the cache is damaged.`, {
      found: file,
      remedy: 'The damaged file was removed; start again and it is made anew.',
    });
  };
  return { pixels: read, copyPixels: (i, target, offset) => target.set(read(i), offset) };
}

async function decodeAll(collection: Collection, length: number, options: CacheOptions): Promise<Uint8Array> {
  const memory = new Uint8Array(collection.entries.length * length);
  await forEachPicture(collection, length, options, (i, pixels) => memory.set(pixels, i * length));
  return memory;
}

/** Decodes every picture, some at once; corrupt ones are collected into one error. */
async function forEachPicture(
  collection: Collection,
  length: number,
  options: CacheOptions,
  take: (i: number, pixels: Uint8Array) => void,
): Promise<void> {
  const total = collection.entries.length;
  const corrupt: FacecomError[] = [];
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < total) {
      options.signal?.throwIfAborted();
      const i = next++;
      try {
        const decoded = collection.decode(i);
        const pixels = decoded instanceof Uint8Array ? decoded : await decoded;
        if (pixels.length !== length)
          throw new Error(`picture ${i} has ${pixels.length} bytes, not ${length}`);
        if (corrupt.length === 0) take(i, pixels);
      } catch (error) {
        if (!(error instanceof FacecomError && error.code === 'data-picture-corrupt')) {
          next = total;
          throw error;
        }
        corrupt.push(error);
      }
      done++;
      if (done % 16 === 0 || done === total) {
        options.onProgress?.({ done, total, unit: 'images' });
        // Drawing is synchronous: let signals and timers in.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };
  // All have ended before an error leaves, for the caller then closes the file that they write to.
  const ends = await Promise.allSettled(Array.from({ length: Math.max(1, collection.concurrency) }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  if (corrupt.length === 1) throw corrupt[0];
  if (corrupt.length > 1) {
    const shown = corrupt.slice(0, 10).map((error) => error.found);
    throw new FacecomError('data-picture-corrupt', `${corrupt.length} pictures cannot be decoded.`, {
      found:
        shown.join('; ') +
        (corrupt.length > shown.length ? `; and ${corrupt.length - shown.length} more` : ''),
      expected: corrupt[0]!.expected,
      remedy: corrupt[0]!.remedy,
      exitCode: 2,
    });
  }
}

function header(count: number, length: number): Uint8Array {
  const words = new Uint32Array([magic, count, length, 0]);
  words[3] = checksum(new Uint8Array(words.buffer, 0, 12));
  return new Uint8Array(words.buffer);
}

/** 32 bits over the bytes, by the step of FNV-1a over words with a rotation; finds damage, not forgery. */
function checksum(bytes: Uint8Array): number {
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
  return h >>> 0;
}

function writeFully(fd: number, bytes: Uint8Array, position: number): void {
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
