import { dirname, join } from 'node:path';
import { lockHolder as holderOf, lastSeen } from '../base/lock.ts';
import type { LockFile } from './lock.generated.ts';
import { object, type Shape, text, time, whole } from './shape.ts';

/** Who is at work on a sweep or a run. */
export type LockHolder = LockFile;

/** The file that says who runs a sweep or a run, while it is run, in its folder. */
export const lockFile = (folder: string): string => join(folder, 'lock.json');

export const mark: Shape<NonNullable<LockFile['guard']>> = object<NonNullable<LockFile['guard']>>(
  { pid: whole(1), host: text, process: text },
  ['pid'],
);

const shape = object<LockFile>(
  { pid: whole(1), host: text, process: text, id: text, command: text, time, guard: mark },
  ['pid'],
);

/** A lock file's content without what is of another shape: another program may have written it. */
export const lockOf = (value: object): LockHolder => shape(value) as LockHolder;

/** The process that holds a folder's lock and may be alive, or undefined. */
export function lockHolder(folder: string): LockHolder | undefined {
  const holder = holderOf(lockFile(folder));
  return holder && lockOf(holder);
}

/** The file by which a cluster's job shows that the trainer of a run lives: a lock with signs of life. */
export const trainerLock = (runDir: string): string => join(runDir, 'trainer.json');

/** The job of a cluster that trains a run and gives signs of life. */
export const trainerHolder = (runDir: string): LockHolder | undefined => {
  const holder = holderOf(trainerLock(runDir));
  return holder && lockOf(holder);
};

/** When the process of another machine or container that held a folder's lock, and gives no sign of life, was seen last. */
export const holderLastSeen = (folder: string): number | undefined => lastSeen(lockFile(folder));

/** Whether a process that may be alive runs a run, or the sweep that it is of. */
export const isHeld = (runDir: string): boolean => holderOfRun(runDir) !== undefined;

/** The process that runs a run, or the sweep that it is of, and may be alive. */
export const holderOfRun = (runDir: string): LockHolder | undefined =>
  lockHolder(runDir) ?? lockHolder(dirname(runDir));
