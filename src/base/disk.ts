import { existsSync, statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FacecomError } from './errors.ts';
import { makeFolder } from './files.ts';
import { cacheFolder } from './folders.ts';
import { formatBytes } from './format.ts';

/** Bytes that this user may still write on the disk of a folder, which need not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

/** The same at once; undefined if the folder is not there. */
export function freeDisk(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Bytes below which nothing can be written any more that is worth it: a line of a record, a log. */
const NOTHING = 64 << 10;

/** Whether a folder's disk is full: a program that failed there may have failed for it. */
export const isDiskFull = (folder: string): boolean => (freeDisk(folder) ?? NOTHING) < NOTHING;

/** Less than a tenth of a folder's disk is free, and less than 200 MB: checkpoints will not fit for long. */
export function isDiskNearlyFull(folder: string): boolean {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return bavail * bsize < Math.min(200e6, blocks * bsize * 0.1);
  } catch {
    return false;
  }
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
    makeFolder(folder);
  } catch (error) {
    throw asCacheError(error, folder);
  }
}

/** Turns an error of the file system into what the user can act on. */
export function asCacheError(error: unknown, what: string): unknown {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(what);
  // A read-only file system answers Node's recursive mkdir with ENOENT.
  const refused = code === 'ENOENT' && syscall === 'mkdir';
  if (refused || code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') {
    return new FacecomError('cache-folder', `The cache folder ${cacheFolder()} cannot be written.`, {
      found: message,
      remedy: 'Name a folder that you may write with FACECOM_CACHE_DIR.',
      exitCode: 2,
      cause: error,
    });
  }
  return error;
}
