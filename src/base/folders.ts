import { existsSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The user's cache folder of facecom: FACECOM_CACHE_DIR, else facecom under XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(): string {
  if (process.env.FACECOM_CACHE_DIR) return resolve(process.env.FACECOM_CACHE_DIR);
  return join(process.env.XDG_CACHE_HOME || join(home(), '.cache'), 'facecom');
}

/** The user's folder of facecom for what is kept: FACECOM_DATA_DIR, else facecom under XDG_DATA_HOME or ~/.local/share. */
export function dataFolder(): string {
  if (process.env.FACECOM_DATA_DIR) return resolve(process.env.FACECOM_DATA_DIR);
  return join(process.env.XDG_DATA_HOME || join(home(), '.local', 'share'), 'facecom');
}

/** A container's user may have no home; what is cached is then gone with the container's temporary files. */
function home(): string {
  try {
    return process.env.HOME || userInfo().homedir || tmpdir();
  } catch {
    return tmpdir();
  }
}

let found: string | undefined;

/**
 * The folder of the installed package or checkout, with schemas/ and experiments/: found upwards from here, or, for a build in the cache
 * folder, named by bin/facecom.mjs.
 */
export function packageFolder(): string {
  found ??= folderAbove(dirname(fileURLToPath(import.meta.url))) ?? process.env.FACECOM_PACKAGE_DIR;
  if (!found) throw new Error('The folder of the package is not found.');
  return found;
}

function folderAbove(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'facecom') return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** The program that a process of its own starts with: as it was built when this one started, for its sources may change meanwhile. */
export function programFile(): string {
  const built = fileURLToPath(new URL('./main.js', import.meta.url));
  return existsSync(built) ? built : join(packageFolder(), 'bin', 'facecom.mjs');
}

/** The address of one of this program's modules that begin a process, a thread or an import from outside: `index`, `plugins/thread`. */
export function programModule(name: string): string {
  const built = new URL(`./${name}.js`, import.meta.url);
  return existsSync(fileURLToPath(built)) ? built.href : new URL(`../${name}.ts`, import.meta.url).href;
}

/** The version in the package's package.json. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')).version;
}
