// Builds src/ into dist/ with esbuild.
//   npm pack        ─▶ dist/package/, which the package ships: an installed one builds nothing
//   bin/facecom.mjs ─▶ in a checkout, at every start: dist/<what the sources are>/, when and only when it is not there yet
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Required, crypto only where it is needed: their ES modules would take half of what this adds to every start.
const require = createRequire(import.meta.url);
const fs = require('node:fs');
const createHash = (name) => require('node:crypto').createHash(name);

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

/** Calls `visit` with every source, in order. Paths are put together by hand: this runs at every start. */
function eachSource(visit) {
  const folder = (path) => {
    const entries = fs.readdirSync(root + path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (entry.isDirectory()) folder(`${path}/${entry.name}`);
      else visit(`${path}/${entry.name}`);
  };
  for (const path of inputs.files) visit(path);
  for (const path of inputs.folders) folder(path);
}

/** Sizes and times of the sources: a few milliseconds. */
function stampOf() {
  let text = '';
  eachSource((path) => {
    const { size, mtimeMs } = fs.statSync(root + path);
    text += `${path} ${size} ${mtimeMs}\n`;
  });
  return text;
}

/** A hash of what the sources contain: the name of their build. */
function contentOf() {
  const hash = createHash('sha256');
  eachSource((path) => hash.update(`\n${path}\0`).update(fs.readFileSync(root + path)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Returns the URL of the folder of built modules of this checkout, building it first if it is missing or stale: in dist/, else, where
 * that cannot be written, in the cache folder. Throws an error with a `remedy` where neither can be written.
 *
 *   builds ── stamp.txt: the build of the sources as they were at the last start, by size and time
 *          └─ <hash of the sources>/ …
 */
export async function ensureBuilt() {
  const stamp = stampOf();
  const dist = join(root, 'dist');
  const known = knownBuild(dist, stamp);
  if (known) return pathToFileURL(known).href;
  const content = contentOf();
  const built = join(dist, content);
  if (isBuilt(built)) keepStamp(dist, content, stamp);
  else if (isWritable(fs.existsSync(dist) ? dist : root)) await build(dist, content, stamp);
  else return pathToFileURL(await buildElsewhere(content, stamp)).href;
  return pathToFileURL(built).href;
}

const isBuilt = (folder) => fs.existsSync(join(folder, 'main.js'));
const stampFile = (builds) => join(builds, 'stamp.txt');

/** The build of the sources as they are by size and time, if they were built or looked at as such. */
function knownBuild(builds, stamp) {
  try {
    const [content, ...lines] = fs.readFileSync(stampFile(builds), 'utf8').split('\n');
    const built = join(builds, content);
    return lines.join('\n') === stamp && isBuilt(built) ? built : undefined;
  } catch {
    return undefined;
  }
}

/** Where it cannot be written, the next start reads the sources again. */
function keepStamp(builds, content, stamp) {
  try {
    const aside = `${stampFile(builds)}.${process.pid}.tmp`;
    fs.writeFileSync(aside, `${content}\n${stamp}`);
    fs.renameSync(aside, stampFile(builds));
    fs.utimesSync(join(builds, content), new Date(), new Date());
  } catch {
    // Another's checkout.
  }
}

function isWritable(directory) {
  try {
    fs.accessSync(directory, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A build of another's checkout, in a folder of its own of the user's cache. */
async function buildElsewhere(content, stamp) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  // From there its own files (schemas/, experiments/) are not found.
  process.env.FACECOM_PACKAGE_DIR = root;
  try {
    const builds = join(cacheFolder(), 'build', name);
    const known = knownBuild(builds, stamp);
    if (known) return known;
    fs.mkdirSync(builds, { recursive: true });
    // From where the build's imports find the checkout's packages.
    const packages = join(builds, 'node_modules');
    if (!fs.lstatSync(packages, { throwIfNoEntry: false }))
      fs.symlinkSync(join(root, 'node_modules'), packages);
    return await build(builds, content, stamp);
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
async function build(builds, content, stamp) {
  const { bundleProgram } = await import('./bundle.mjs').catch(noBundler);
  const built = join(builds, content);
  // Built aside and renamed, so that two first starts at once do not see each other's half.
  const aside = `${built}.${process.pid}.tmp`;
  fs.mkdirSync(aside, { recursive: true });
  try {
    await bundleProgram(aside);
    try {
      fs.renameSync(aside, built);
    } catch (error) {
      // Another process was faster: its build is the same.
      if (!isBuilt(built)) throw error;
    }
    keepStamp(builds, content, stamp);
    prune(builds, built);
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
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
  for (const name of fs.readdirSync(builds)) {
    const folder = join(builds, name);
    if (folder !== keep && isBuilt(folder) && fs.statSync(folder).mtimeMs < weekAgo)
      fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** What `npm pack` packs. */
async function buildPackage() {
  const { bundleProgram } = await import('./bundle.mjs');
  const { writeDeclarations } = await import('./declarations.mjs');
  const built = join(root, 'dist', 'package');
  const aside = `${built}.${process.pid}.tmp`;
  await bundleProgram(aside);
  writeDeclarations(join(aside, 'types'));
  fs.rmSync(built, { recursive: true, force: true });
  fs.renameSync(aside, built);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--package')) await buildPackage();
  else await ensureBuilt();
}
