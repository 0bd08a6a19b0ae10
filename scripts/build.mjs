// Builds src/ into dist/ with esbuild.
//   npm pack        ─▶ dist/package/, which the package ships: an installed one builds nothing
//   bin/facecom.mjs ─▶ in a checkout, at every start: dist/<what the sources are>/, when and only when it is not there yet
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What decides what a build contains. */
const inputs = {
  files: [
    'package.json',
    'scripts/build.mjs',
    'scripts/bundle.mjs',
    'scripts/cached.mjs',
    'scripts/doors.mjs',
  ],
  folders: ['src', 'schemas'],
};

/** A digest over every source, as `describe` gives it. */
function digest(describe) {
  const hash = createHash('sha256');
  // Paths are put together by hand: this runs at every start.
  const file = (path) => hash.update(`\n${path}\0${describe(root + path)}`);
  const folder = (path) => {
    const entries = readdirSync(root + path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (entry.isDirectory()) folder(`${path}/${entry.name}`);
      else file(`${path}/${entry.name}`);
  };
  for (const path of inputs.files) file(path);
  for (const path of inputs.folders) folder(path);
  return hash.digest('hex').slice(0, 16);
}

/** Of sizes and times: a few milliseconds. */
const stampOf = () =>
  digest((path) => {
    const { size, mtimeMs } = statSync(path);
    return `${size}\0${mtimeMs}`;
  });

/** Of contents: a copy of a checkout has other times. */
const contentOf = () => digest((path) => readFileSync(path));

const CONTENT = 'sources.txt';

/**
 * Gives the URL of the folder of built modules of this checkout, building it first where it is missing or stale: in dist/, else, where
 * that cannot be written, in the cache folder. Throws an error with a `remedy` where neither can be written.
 */
export async function ensureBuilt() {
  const stamp = stampOf();
  const dist = join(root, 'dist');
  const built = join(dist, stamp);
  if (isBuilt(built)) return pathToFileURL(built).href;
  if (isWritable(existsSync(dist) ? dist : root)) return pathToFileURL(await build(dist, stamp)).href;
  const content = contentOf();
  const same = buildsIn(dist).find((folder) => contentIn(folder) === content);
  if (same) return pathToFileURL(same).href;
  return pathToFileURL(await buildElsewhere(stamp)).href;
}

const isBuilt = (folder) => existsSync(join(folder, 'main.js'));

function isWritable(directory) {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function buildsIn(dist) {
  try {
    return readdirSync(dist)
      .map((name) => join(dist, name))
      .filter(isBuilt);
  } catch {
    return [];
  }
}

function contentIn(folder) {
  try {
    return readFileSync(join(folder, CONTENT), 'utf8');
  } catch {
    return undefined;
  }
}

/** A build of another's checkout, in a folder of its own of the user's cache. */
async function buildElsewhere(stamp) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  // From there its own files (schemas/, experiments/) are not found.
  process.env.FACECOM_PACKAGE_DIR = root;
  try {
    const builds = join(cacheFolder(), 'build', name);
    const built = join(builds, stamp);
    if (isBuilt(built)) return built;
    mkdirSync(builds, { recursive: true });
    // From where the build's imports find the checkout's packages.
    const packages = join(builds, 'node_modules');
    if (!lstatSync(packages, { throwIfNoEntry: false })) symlinkSync(join(root, 'node_modules'), packages);
    return await build(builds, stamp);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR'].includes(error.code)) throw error;
    throw Object.assign(new Error('this checkout is not built, and cannot be built by this user'), {
      code: 'not-built',
      found: error.message,
      remedy: `Let its owner run \`npm run build\` in ${root}, or name a folder that you may write with FACECOM_CACHE_DIR.`,
    });
  }
}

/** As src/base/folders.ts gives it, which is not built yet. */
function cacheFolder() {
  const { FACECOM_CACHE_DIR: named, XDG_CACHE_HOME: caches } = process.env;
  return named ? resolve(named) : join(caches || join(homedir(), '.cache'), 'facecom');
}

/** Builds a folder of `builds`: each build has one of its own, so that a process that runs for days still finds the modules it started with. */
async function build(builds, name) {
  const { bundleProgram } = await import('./bundle.mjs').catch(noBundler);
  const built = join(builds, name);
  // Built aside and renamed, so that two first starts at once do not see each other's half.
  const aside = `${built}.${process.pid}.tmp`;
  mkdirSync(aside, { recursive: true });
  try {
    await bundleProgram(aside);
    writeFileSync(join(aside, CONTENT), contentOf());
    try {
      renameSync(aside, built);
    } catch (error) {
      // Another process was faster: its build is the same.
      if (!isBuilt(built)) throw error;
    }
    prune(builds, built);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return built;
}

function noBundler(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  throw Object.assign(new Error('this checkout is not built, and what builds it is not installed'), {
    code: 'not-built',
    found: error.message.split('\n')[0],
    remedy: `Run \`npm ci\` in ${root}, without --omit=dev.`,
  });
}

/** Removes builds that no process of the last week can have started from. */
function prune(builds, keep) {
  const weekAgo = Date.now() - 7 * 24 * 3600 * 1000;
  for (const folder of buildsIn(builds))
    if (folder !== keep && statSync(folder).mtimeMs < weekAgo)
      rmSync(folder, { recursive: true, force: true });
}

/** What `npm pack` packs. */
async function buildPackage() {
  const builds = join(root, 'dist');
  const built = await build(builds, `package.${process.pid}`);
  const { writeDeclarations } = await import('./declarations.mjs');
  writeDeclarations(join(built, 'types'));
  rmSync(join(builds, 'package'), { recursive: true, force: true });
  renameSync(built, join(builds, 'package'));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--package')) await buildPackage();
  else await ensureBuilt();
}
