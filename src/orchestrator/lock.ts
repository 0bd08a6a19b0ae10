import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../base/errors.ts';
import { makeFolder, tidyAside } from '../base/files.ts';
import { tryLock } from '../base/lock.ts';
import { isHere, liveness, markProcess, type ProcessMark } from '../base/process.ts';
import { type LockHolder, lockFile, lockOf } from '../record/index.ts';

/**
 * Takes a folder's lock, and returns what frees it again. One whose holder is gone is taken over, once the trainers that the holder left
 * behind have ended. Throws FacecomError `locked`, which names the holder, and `runs-not-writable` (exit code 2).
 */
export async function takeLock(
  folder: string,
  {
    command,
    guard,
    note,
    watched,
  }: {
    command: string;
    guard?: ProcessMark;
    note?: (line: string) => void;
    /** Of `tryLock`. */
    watched?: number;
  },
): Promise<() => void> {
  try {
    makeFolder(folder);
  } catch (error) {
    throw notWritable(folder, error);
  }
  const file = lockFile(folder);
  const details: Omit<LockHolder, 'pid'> = { command, time: Date.now(), ...(guard ? { guard } : {}) };
  const lock = await tryLock(file, {
    details,
    ...(watched === undefined ? {} : { watched }),
    onTakeOver: async (found, why) => {
      const holder = lockOf(found);
      const who = `The ${holder.command ?? 'process'} of process ${holder.pid}${elsewhere(holder)}`;
      note?.(
        why === 'ended'
          ? `${who} is gone without an end: taking over.`
          : `${who} has given no sign of life for a minute or more: taking over.`,
      );
      await waitForGuard(holder.guard);
    },
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === undefined ? error : notWritable(folder, error);
  });
  if ('holder' in lock) throw locked(folder, lockOf(lock.holder));
  tidyAside(folder);
  return lock.release;
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
  const where = elsewhere(holder);
  const since = holder.time === undefined ? '' : `, since ${new Date(holder.time).toISOString()}`;
  const name = holder.command === undefined ? 'process' : `facecom ${holder.command}`;
  return new FacecomError('locked', `Another ${name} is at work on ${folder}.`, {
    found: `process ${holder.pid}${where}${since}`,
    expected: 'one at a time',
    remedy:
      where === ''
        ? 'Wait for it, or stop it with facecom stop.'
        : `Wait for it, or stop it there. If that machine is gone, its lock is taken over a minute after its last sign of life.`,
    exitCode: 2,
  });
}

/** Words for where a holder is, if it is not here. */
function elsewhere(holder: LockHolder): string {
  if (holder.host !== undefined && holder.host !== markProcess().host) return ` on ${holder.host}`;
  return isHere(holder) ? '' : ' in another container';
}
