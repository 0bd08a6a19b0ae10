import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { makeFolder } from '../base/files.ts';
import { withLock } from '../base/lock.ts';

/** Does what two commands at once must not: choosing and making the folder of a trial's run. */
export async function lockTrial<T>(
  { runs, name, trial }: { runs: string; name: string; trial: string },
  signal: AbortSignal,
  work: () => T,
): Promise<T> {
  const folder = join(runs, name);
  let begun = false;
  try {
    makeFolder(folder);
    return await withLock(join(folder, `.${trial}.lock`), { signal }, async () => {
      begun = true;
      return work();
    });
  } catch (error) {
    if (begun || error instanceof FacecomError) throw error;
    // A folder that cannot be written: what makes the run folder says so.
    return work();
  }
}
