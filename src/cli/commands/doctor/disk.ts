import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { freeBytes } from '../../../base/disk.ts';
import { cacheFolder } from '../../../base/folders.ts';
import { formatBytes } from '../../../base/format.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const LITTLE = 2e9; // bytes: a native TensorFlow, a cache of images
const TOO_LITTLE = 2e8; // bytes: a checkpoint would not fit

/** Whether the cache folder and the folder of the runs can be written, and how much fits. */
export async function checkFolders(runs: string): Promise<Finding[]> {
  return Promise.all([
    folder('cache', cacheFolder(), 'Name another folder with FACECOM_CACHE_DIR.'),
    folder('runs', resolve(runs), 'Name another folder with --runs.'),
  ]);
}

async function folder(name: string, path: string, remedy: string): Promise<Finding> {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch {
    return fail(name, `${path} cannot be written`, remedy, { path });
  }
  const free = await freeBytes(existing);
  const text = `${formatBytes(free)} free at ${path}`;
  const details = { path, free };
  if (free < TOO_LITTLE) return fail(name, text, `Free some space. ${remedy}`, details);
  return free < LITTLE ? warn(name, text, `Free some space. ${remedy}`, details) : ok(name, text, details);
}
