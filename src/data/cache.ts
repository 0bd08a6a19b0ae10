import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { asideName, makeFolder } from '../base/files.ts';
import { cacheFolder } from '../base/folders.ts';
import { withLock } from '../base/lock.ts';
import { leftOut, undecoded } from './broken-text.ts';
import { markUsed, tidyCache } from './cache-tidy.ts';
import type { Collection, DataWarning } from './dataset.ts';
import { type DecodeOptions, decodeAll } from './decode-all.ts';
import { readFormats } from './formats/index.ts';
import {
  checksum,
  fileStore,
  header,
  headerBytes,
  memoryStore,
  openFile,
  type PictureStore,
  writeFully,
} from './picture-store.ts';

export type { PictureStore } from './picture-store.ts';

export interface CacheOptions extends DecodeOptions {
  /** Whether the user's cache folder is used. */
  keep: boolean;
  /** Largest set held in memory, bytes; a larger one is read from the file image by image. */
  memoryLimit?: number;
}

/** Milliseconds between two signs of life while another process builds the cache. */
const waitingInterval = 10_000;

/**
 *   images ─ decode once ─▶ <cache>/data/<key>.pictures ─▶ memory, or read one by one if the set is large
 *
 * The file, little-endian: 16 bytes (magic, image count, bytes an image, checksum of these), count checksums of 32 bits,
 * count images of raw uint8; a checksum of 0 marks an image that cannot be decoded. It is written aside and renamed, so that it is
 * whole or absent. One process builds it while others wait; what a disk or a hand damaged is found by the checksums and made again.
 *
 * Returns the pixels of all images of the collection, from the cache if it is whole, else decoded and kept there.
 */
export async function openPictures(
  collection: Collection,
  imageSize: number,
  options: CacheOptions,
  warnings: DataWarning[],
): Promise<PictureStore> {
  const store = await findPictures(collection, imageSize * imageSize * 3, options, warnings);
  const broken = [...(store.broken ?? [])];
  if (broken.length === 0) return store;
  const reasons = await Promise.all(broken.slice(0, SHOWN).map((i) => whyBroken(collection, i)));
  const found = `${reasons.join('; ')}${broken.length > SHOWN ? `; and ${broken.length - SHOWN} more` : ''}`;
  if (!options.skip)
    throw new FacecomError('data-picture-corrupt', undecoded(broken.length), {
      found,
      expected: `${readFormats}, whole`,
      remedy: 'Replace them, or leave them out with data.on_error: skip.',
      exitCode: 2,
    });
  warnings.push({
    code: 'data-skipped',
    message: `${leftOut(broken.length, collection.entries.length, 'decoded')}: ${found}.`,
  });
  return store;
}

/** Broken images that are named. */
const SHOWN = 10;

/** `name: why`, of an image that the cache knows to be broken. */
async function whyBroken(collection: Collection, i: number): Promise<string> {
  const { name } = collection.entries[i]!;
  try {
    await collection.decode(i);
    return name;
  } catch (error) {
    const { found, message, place } = error as FacecomError;
    return `${name}: ${(found ?? message).replace(`${place?.file}: `, '')}`;
  }
}

async function findPictures(
  collection: Collection,
  length: number,
  options: CacheOptions,
  warnings: DataWarning[],
): Promise<PictureStore> {
  const count = collection.entries.length;
  const large = count * length > (options.memoryLimit ?? 512 * 1024 * 1024);
  if (!options.keep && !large) return inMemory(collection, length, options);
  const folder = join(cacheFolder(), 'data');
  const file = join(folder, `${collection.pixelKey}.pictures`);
  const read = (): PictureStore | undefined => {
    const cached = openFile(file, count, length, large);
    if (cached !== 'damaged') return cached;
    warnings.push({ code: 'data-cache-damaged', message: `The cache ${file} was damaged and is made anew.` });
    rmSync(file, { force: true });
    return undefined;
  };
  const cached = read();
  if (cached !== undefined) {
    markUsed(file, Date.now());
    return cached;
  }
  try {
    makeFolder(folder);
    tidyCache(folder, Date.now());
    closeSync(openSync(`${file}.probe`, 'w'));
    rmSync(`${file}.probe`, { force: true });
  } catch (error) {
    if (large) throw unwritable(folder, error);
    warnings.push({
      code: 'data-cache-unwritable',
      message: `The cache folder ${folder} cannot be written (${(error as Error).message}): images are decoded again by every run.`,
    });
    return inMemory(collection, length, options);
  }
  // Whoever waits for a large set to be decoded shows that it lives.
  const report = () => options.onProgress?.({ done: 0, total: count, unit: 'images' });
  let waiting: NodeJS.Timeout | undefined;
  const lock = { signal: options.signal, onWait: () => (waiting = setInterval(report, waitingInterval)) };
  try {
    return await withLock(`${file}.lock`, lock as Parameters<typeof withLock>[1], async () => {
      clearInterval(waiting);
      const other = waiting === undefined ? undefined : read();
      return other ?? (await build(collection, length, { ...options, file, large }, warnings));
    });
  } finally {
    clearInterval(waiting);
  }
}

async function inMemory(
  collection: Collection,
  length: number,
  options: DecodeOptions,
): Promise<PictureStore> {
  const memory = new Uint8Array(collection.entries.length * length);
  const broken = new Set<number>();
  await decodeAll(collection, length, options, (i, pixels) => {
    if (pixels) memory.set(pixels, i * length);
    else broken.add(i);
  });
  return memoryStore(memory, length, broken);
}

async function build(
  collection: Collection,
  length: number,
  options: DecodeOptions & { file: string; large: boolean },
  warnings: DataWarning[],
): Promise<PictureStore> {
  const { file, large } = options;
  const folder = join(file, '..');
  const aside = asideName(file);
  const fd = openSync(aside, 'wx+');
  try {
    const count = collection.entries.length;
    const checksums = new Uint32Array(count);
    const bodyStart = headerBytes + 4 * count;
    const memory = large ? undefined : new Uint8Array(count * length);
    const broken = new Set<number>();
    const nothing = new Uint8Array(length);
    let writeError: unknown;
    await decodeAll(collection, length, options, (i, pixels) => {
      if (pixels) memory?.set(pixels, i * length);
      else broken.add(i);
      checksums[i] = pixels ? checksum(pixels) : 0;
      if (writeError !== undefined) return;
      try {
        writeFully(fd, pixels ?? nothing, bodyStart + i * length);
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
        message: `The images could not be kept in ${folder} (${(error as Error).message}): the next run decodes them again.`,
      });
    }
    if (memory) {
      closeSync(fd);
      return memoryStore(memory, length, broken);
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
    'The images do not fit in memory and cannot be kept in the cache folder.',
    {
      found: `${folder}: ${(cause as Error).message}`,
      remedy:
        'Free disk space, or set FACECOM_CACHE_DIR to a folder that can be written, or lower data.image_size.',
      cause,
    },
  );
}
