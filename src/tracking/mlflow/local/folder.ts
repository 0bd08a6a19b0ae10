import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { makeFolder } from '../../../base/files.ts';
import { dataFolder } from '../../../base/folders.ts';
import { readServerState, type ServerState } from './state.ts';

/**
 * The folder of the local server that shows a folder of runs, absolute: the user's, which is the same for all of them; `<runs>/.mlflow`
 * where that is there already, the user's cannot be written, or its server is on another machine.
 */
export function serverFolder(runs: string): string {
  const own = join(resolve(runs), '.mlflow');
  if (existsSync(own)) return own;
  const shared = join(dataFolder(), 'mlflow');
  return isServedElsewhere(shared, readServerState(shared)) || !canMake(shared) ? own : shared;
}

/** Whether it could be made and written; asking leaves nothing behind. */
function canMake(folder: string): boolean {
  if (!existsSync(folder)) return folder !== dirname(folder) && canMake(dirname(folder));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a server of this folder is on another machine with the same disk: two of them over one SQLite file would damage it. */
export function isServedElsewhere(folder: string, state: ServerState | undefined): boolean {
  if (!state || state.keeper.host === hostname()) return false;
  // Its keeper gives a sign of life every few seconds; a container that is gone does not.
  const alive = statSync(lockFile(folder), { throwIfNoEntry: false })?.mtimeMs;
  return alive !== undefined && Date.now() - alive <= 60_000;
}

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
