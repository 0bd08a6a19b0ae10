import { existsSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The user's cache folder of facecom: FACECOM_CACHE_DIR, else facecom under XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(): string {
  if (process.env.FACECOM_CACHE_DIR) return resolve(process.env.FACECOM_CACHE_DIR);
  return join(process.env.XDG_CACHE_HOME || join(home(), '.cache'), 'facecom');
}

/** A container's user may have no home; what is cached is then gone with the container's temporary files. */
function home(): string {
  try {
    return process.env.HOME || userInfo().homedir || tmpdir();
  } catch {
    return tmpdir();
  }
}

/** The folder of the installed package (with schemas/ and experiments/): set by bin/facecom.mjs, else found upwards from here. */
export function packageFolder(): string {
  if (process.env.FACECOM_PACKAGE_DIR) return process.env.FACECOM_PACKAGE_DIR;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The version in the package's package.json. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')).version;
}
