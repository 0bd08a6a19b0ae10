// Builds src/ into dist/ with esbuild, when and only when the sources changed since the last build.
// Called by bin/facecom.mjs at every start (a stat of each source file, a few ms) and by `npm run build`.
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What decides what a build contains, beside package.json. */
const inputs = { files: ['scripts/build.mjs'], folders: ['src', 'schemas'] };

function stamp() {
  // npm gives all packed files one time: the version is in the text.
  let text = `${process.version.split('.')[0]} ${readFileSync(`${root}package.json`)}`;
  // The files of an installed package do not change.
  const installed = /[\\/]node_modules[\\/]/.test(root);
  // Paths are put together by hand: this runs at every start.
  const file = (path) => {
    const { size, mtimeMs } = statSync(root + path);
    text += `\n${path}\0${size}\0${mtimeMs}`;
  };
  const folder = (path) => {
    const entries = readdirSync(root + path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (entry.isDirectory()) folder(`${path}/${entry.name}`);
      else file(`${path}/${entry.name}`);
  };
  for (const path of inputs.files) file(path);
  if (!installed) for (const path of inputs.folders) folder(path);
  return createHash('sha256').update(root).update(text).digest('hex').slice(0, 16);
}

function writable(directory) {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Each build has a folder of its own, so that a process that runs for days still finds the modules it started with. */
function buildsFolder() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return writable(root) ? join(root, 'dist') : join(cache, 'facecom', 'build');
}

/** Gives the URL of the folder of built modules, building it first where it is missing or stale. */
export async function ensureBuilt() {
  process.env.FACECOM_PACKAGE_DIR = root;
  const id = stamp();
  const builds = buildsFolder();
  const dist = join(builds, id);
  if (!existsSync(join(dist, 'main.js'))) await build(builds, dist);
  return pathToFileURL(dist).href;
}

/** Where ajv would compile the schema at every start, the code that it writes for it, compiled once here. */
const compiledValidator = {
  name: 'compiled-validator',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]spec[\\/]validator\.ts$/ }, async () => {
      const { Ajv2020 } = await import('ajv/dist/2020.js');
      const { default: standalone } = await import('ajv/dist/standalone/index.js');
      const { outputFiles } = await build.esbuild.build({
        absWorkingDir: root,
        entryPoints: ['src/spec/validator-options.ts'],
        bundle: true,
        format: 'esm',
        write: false,
      });
      const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
      const { ajvOptions } = await import(url);
      const schema = JSON.parse(readFileSync(join(root, 'schemas', 'experiment.schema.json'), 'utf8'));
      const ajv = new Ajv2020({ ...ajvOptions, code: { source: true, esm: true } });
      const code = (standalone.default ?? standalone)(ajv, ajv.compile(schema));
      const contents = `${code}
export const schemaErrors = (value) => (validate(value) ? [] : [...validate.errors]);`;
      return { contents, loader: 'js', resolveDir: join(root, 'src', 'spec') };
    });
  },
};

async function build(builds, dist) {
  const esbuild = await import('esbuild');
  // Built aside and renamed, so that two first starts at once do not see each other's half.
  const aside = `${dist}.${process.pid}.tmp`;
  mkdirSync(aside, { recursive: true });
  try {
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: { main: 'src/cli/main.ts' },
      outdir: aside,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.11',
      sourcemap: 'linked',
      // Less text to read at every start; the source maps lead back.
      minifyWhitespace: true,
      minifySyntax: true,
      logLevel: 'error',
      plugins: [compiledValidator],
      // Small pure-JavaScript packages are bundled: one file read in place of a hundred. The rest is left to Node.
      external: [
        'koffi',
        'sharp',
        'vega',
        'vega-lite',
        '@tensorflow/*',
        'webgpu',
        // Its UMD modules cannot be bundled.
        'jsonc-parser',
        'esbuild',
      ],
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
    });
    try {
      renameSync(aside, dist);
    } catch (error) {
      // Another process was faster: its build is the same.
      if (!existsSync(join(dist, 'main.js'))) throw error;
    }
    prune(builds, dist);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Removes builds that no process of the last week can have started from. */
function prune(builds, keep) {
  const weekAgo = Date.now() - 7 * 24 * 3600 * 1000;
  for (const name of readdirSync(builds)) {
    const path = join(builds, name);
    if (path !== keep && statSync(path).mtimeMs < weekAgo) rmSync(path, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensureBuilt();
}
