import { dirname, join } from 'node:path';
import { lockHolder } from '../base/lock.ts';

/** The file that says who runs a sweep or a run, while it is run, in its folder. */
export const lockFile = (folder: string): string => join(folder, 'lock.json');

/** Whether a process that may be alive runs a run, or the sweep that it is of. */
export const isHeld = (runDir: string): boolean =>
  [runDir, dirname(runDir)].some((folder) => lockHolder(lockFile(folder)) !== undefined);
