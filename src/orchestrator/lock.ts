import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../base/errors.ts';
import { type Holder, lockHolder as holderOf, tryLock } from '../base/lock.ts';
import { isHere, liveness, markProcess, type ProcessMark } from '../base/process.ts';

/** What `lock.json` in the folder of a sweep or a run says of who runs it, besides the process. */
interface Details {
  /** Such as `sweep`. */
  command: string;
  /** Milliseconds since 1970. */
  time: number;
  /** Ends the holder's trainers after it, if it is killed. */
  guard?: ProcessMark;
}

/** Who runs a sweep or a run. A file that another program wrote may lack the details. */
export type LockHolder = Holder & Partial<Details>;

export const lockFile = (folder: string): string => join(folder, 'lock.json');

/** The process that holds a folder's lock and may be alive, or undefined. */
export const lockHolder = (folder: string): LockHolder | undefined => holderOf<Details>(lockFile(folder));

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
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw notWritable(folder, error);
  }
  const file = lockFile(folder);
  const lock = await tryLock<Details>(file, {
    details: { command, time: Date.now(), ...(guard ? { guard } : {}) },
    ...(watched === undefined ? {} : { watched }),
    onTakeOver: async (holder, why) => {
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
  if ('holder' in lock) throw locked(folder, lock.holder);
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
  const { time } = holder;
  const since =
    typeof time === 'number' && Math.abs(time) <= 8.64e15 ? `, since ${new Date(time).toISOString()}` : '';
  const name = typeof holder.command === 'string' ? `facecom ${holder.command}` : 'process';
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
