import { existsSync, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FacecomError } from './errors.ts';
import { cacheFolder } from './folders.ts';

/** Bytes that this user may still write on the disk of a folder, which need not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

/** Throws FacecomError `disk-full` where less is free than is needed, in bytes. */
export async function checkSpace(folder: string, needed: number, what: string): Promise<void> {
  const free = await freeBytes(folder);
  if (free < needed) throw diskFull(what, { free, needed });
}

/** The disk of the cache folder is full, or will be. */
export function diskFull(what: string, sizes?: { free: number; needed: number }): FacecomError {
  return new FacecomError('disk-full', `There is not enough disk space for ${what}.`, {
    found: `${sizes ? `${sizes.free} bytes (${formatBytes(sizes.free)}) free` : 'the disk is full'} at ${cacheFolder()}`,
    ...(sizes ? { expected: `${sizes.needed} bytes (${formatBytes(sizes.needed)}) while it is set up` } : {}),
    remedy: 'Free some space, or name a folder on another disk with FACECOM_CACHE_DIR.',
    exitCode: 2,
  });
}

/** Makes a folder of the cache. Throws FacecomError `cache-folder` where it cannot be written. */
export function makeCacheFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw asCacheError(error, folder);
  }
}

/** Turns an error of the file system into what the user can act on. */
export function asCacheError(error: unknown, what: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(what);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') {
    return new FacecomError('cache-folder', `The cache folder ${cacheFolder()} cannot be written.`, {
      found: message,
      remedy: 'Name a folder that you may write with FACECOM_CACHE_DIR.',
      exitCode: 2,
      cause: error,
    });
  }
  return error;
}

/** Bytes for people: `1.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
