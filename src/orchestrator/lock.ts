import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../base/errors.ts';
import { liveness, markProcess, type ProcessMark } from '../base/process.ts';

/** Who runs a sweep or a run: `lock.json` in its folder while it does. */
export interface LockHolder extends ProcessMark {
  /** Such as `sweep`. */
  command: string;
  /** Milliseconds since 1970. */
  time: number;
  /** Ends the holder's trainers after it, if it is killed. */
  guard?: ProcessMark;
}

export const lockFile = (folder: string): string => join(folder, 'lock.json');

/** The process that holds a folder's lock and may be alive, or undefined. */
export function lockHolder(folder: string): LockHolder | undefined {
  const holder = parse(readText(lockFile(folder)));
  return holder && liveness(holder) !== 'ended' ? holder : undefined;
}

/**
 * Takes a folder's lock, and gives what frees it again. One whose holder is gone is taken over, once the trainers that the holder left
 * behind have ended. Throws FacecomError `locked`, which names the holder, and `runs-not-writable` (exit code 2).
 */
export async function takeLock(
  folder: string,
  { command, guard, note }: { command: string; guard?: ProcessMark; note?: (line: string) => void },
): Promise<() => void> {
  const file = lockFile(folder);
  const own: LockHolder = { ...markProcess(), command, time: Date.now(), ...(guard ? { guard } : {}) };
  const aside = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(aside, `${JSON.stringify(own)}\n`);
  } catch (error) {
    throw notWritable(folder, error);
  }
  try {
    for (;;) {
      try {
        // Whole from its first moment, and refused where there is one: also on shared file systems.
        linkSync(aside, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const text = readText(file);
      const holder = parse(text);
      if (holder && liveness(holder) !== 'ended') throw locked(folder, holder);
      if (holder) {
        note?.(`The ${holder.command} of process ${holder.pid} is gone without an end: taking over.`);
        await waitForGuard(holder.guard);
      }
      clear(file, text);
    }
  } finally {
    rmSync(aside, { force: true });
  }
  return () => {
    if (parse(readText(file))?.process === own.process) rmSync(file, { force: true });
  };
}

/** Removes a stale lock, unless another process has put its own in that place by now. */
function clear(file: string, stale: string | undefined): void {
  const away = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, away);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    if (readText(away) !== stale) linkSync(away, file);
  } finally {
    rmSync(away, { force: true });
  }
}

async function waitForGuard(guard: ProcessMark | undefined): Promise<void> {
  // It ends by itself: what it waits for has a time limit.
  while (guard && liveness(guard) === 'alive') await sleep(20);
}

function notWritable(folder: string, error: unknown): FacecomError {
  return new FacecomError('runs-not-writable', `Runs cannot be written under ${folder}.`, {
    found: (error as Error).message,
    expected: 'a folder that this user may write, on a disk with space left',
    remedy: 'Change its permissions, free some space, or give another folder with --runs.',
    exitCode: 2,
    cause: error,
  });
}

function locked(folder: string, holder: LockHolder): FacecomError {
  const where = holder.host === markProcess().host ? '' : ` on ${holder.host}`;
  const since = new Date(holder.time).toISOString();
  return new FacecomError('locked', `Another facecom ${holder.command} is at work on ${folder}.`, {
    found: `process ${holder.pid}${where}, since ${since}`,
    expected: 'one at a time',
    remedy:
      where === ''
        ? 'Wait for it, or stop it with facecom stop.'
        : `Wait for it, or stop it there. If that machine is gone, remove ${lockFile(folder)}.`,
    exitCode: 2,
  });
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Undefined for what is no lock: an empty file, or one that was edited. */
function parse(text: string | undefined): LockHolder | undefined {
  try {
    const holder = JSON.parse(text ?? '') as LockHolder;
    return Number.isInteger(holder?.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}
