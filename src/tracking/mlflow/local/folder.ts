import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { makeFolder } from '../../../base/files.ts';

/** The folder of the local server of a folder of runs: `<runs>/.mlflow`, absolute. */
export const serverFolder = (runs: string): string => join(resolve(runs), '.mlflow');

export const database = (folder: string): string => join(folder, 'mlflow.db');
export const artifactStore = (folder: string): string => join(folder, 'artifacts');
export const lockFile = (folder: string): string => join(folder, 'server.lock');
export const logFile = (folder: string): string => join(folder, 'server.log');
/** Of the process that starts the server and watches it. */
export const keeperLog = (folder: string): string => join(folder, 'keeper.log');

/** Makes the folder, and gives its id: what was sent to a server that was thrown away was not sent to this one. */
export function makeServerFolder(folder: string): string {
  try {
    makeFolder(artifactStore(folder));
    const known = serverId(folder);
    if (known !== undefined) return known;
    try {
      writeFileSync(join(folder, 'id'), `${randomUUID()}\n`, { flag: 'wx' });
    } catch (error) {
      // Another process was first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return serverId(folder)!;
  } catch (error) {
    throw new FacecomError('mlflow-folder', `The folder of MLflow's local server cannot be written.`, {
      found: (error as Error).message,
      expected: `a folder ${folder} that this user may write`,
      remedy: 'Change its permissions, or give another folder of runs with --runs.',
      cause: error,
    });
  }
}

export function serverId(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, 'id'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
