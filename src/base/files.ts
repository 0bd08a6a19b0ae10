import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { copyFile, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRecord } from './objects.ts';
import { isAlive } from './process.ts';

/**
 * Makes a folder, and those above it that are missing. Node's own recursive mkdir never ends where a file system denies a folder
 * that is there, as /proc and some network drives do.
 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const above = dirname(folder);
    if (code === 'EEXIST' && isFolder(folder)) return;
    if (code !== 'ENOENT' || above === folder || isFolder(above)) throw error;
    makeFolder(above);
    makeFolder(folder);
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * A name beside a file for what is written before it takes the file's place. No two writers have the same, and the number of the
 * process in it lets `tidyAside` find what a killed one left.
 */
export const asideName = (file: string): string =>
  `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;

export interface WriteOptions {
  /** Permissions of the new file; those of any new file if absent. */
  mode?: number;
}

/** Writes a file aside, waits until it is on the disk and renames it: readers see the old one or the whole new one. */
export function writeAside(file: string, content: string | Uint8Array, { mode }: WriteOptions = {}): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const aside = asideName(file);
  try {
    const fd = openSync(aside, 'wx');
    try {
      if (mode !== undefined) fchmodSync(fd, mode);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(aside, file);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Writes a value as indented JSON with `writeAside`; `indent: 0` gives one line. */
export function writeJson(file: string, value: unknown, { indent = 2 }: { indent?: number } = {}): void {
  writeAside(file, `${JSON.stringify(value, null, indent)}\n`);
}

/**
 * The same without blocking, for what is large or written in parts: `content` may fill the file itself. The rename is on the disk when
 * this resolves.
 */
export async function writeAsideAsync(
  file: string,
  content: string | Uint8Array | ((handle: FileHandle) => Promise<void>),
): Promise<void> {
  await replaceAsync(file, async (aside) => {
    const handle = await open(aside, 'wx');
    try {
      if (typeof content === 'function') await content(handle);
      else await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** Copies a file as `writeAsideAsync` writes one. Shares the blocks if the file system can. */
export async function copyAside(from: string, to: string): Promise<void> {
  await replaceAsync(to, async (aside) => {
    await copyFile(from, aside, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await sync(aside, 'r+');
  });
}

async function replaceAsync(file: string, write: (aside: string) => Promise<void>): Promise<void> {
  const aside = asideName(file);
  try {
    await write(aside);
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  // A rename is on the disk only when its folder is.
  await sync(dirname(file), 'r');
}

async function sync(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The JSON value of a file; undefined if there is no such file, or if it is not JSON. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The JSON object of a file; undefined for anything else. */
export function readJsonObject(file: string): Record<string, unknown> | undefined {
  const value = readJson(file);
  return isRecord(value) ? value : undefined;
}

const YOUNG = 10 * 60 * 1000; // ms

/**
 * Removes what killed processes left half written in a folder. A process of that number on another machine may share the folder:
 * what was written to lately stays.
 */
export function tidyAside(folder: string, now: number = Date.now()): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) {
    const writer = /\.(\d+)(?:\.[0-9a-f]+)?\.tmp$/.exec(name)?.[1];
    if (writer === undefined || isAlive(Number(writer))) continue;
    const file = join(folder, name);
    try {
      if (now - statSync(file).mtimeMs > YOUNG) rmSync(file, { force: true });
    } catch {
      // Another process tidies too.
    }
  }
}

/** Whether an error says that there is no such file. */
export function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
