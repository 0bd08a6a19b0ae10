import { FacecomError } from '../base/errors.ts';
import { appendState, type StateEntry } from '../record/index.ts';

/** Appends to a run's state. Throws FacecomError `disk-full`, or `run-not-writable` where its folder is gone or closed. */
export function recordState(runDir: string, entry: Omit<StateEntry, 'time'>): void {
  try {
    appendState(runDir, entry);
  } catch (error) {
    throw asRecordError(runDir, error);
  }
}

/** A system error of writing a run folder as one that a user can act on. */
export function asRecordError(runDir: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new FacecomError('disk-full', 'The disk is full: the record cannot be written.', {
      place: { run: runDir },
      found: message,
      remedy: 'Free some space, then continue with facecom resume.',
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOENT' || code === 'EPERM') {
    return new FacecomError('run-not-writable', 'The run folder cannot be written.', {
      place: { run: runDir },
      found: message,
      remedy: 'Restore the folder and its permissions, then continue with facecom resume.',
      cause: error,
    });
  }
  return error;
}
