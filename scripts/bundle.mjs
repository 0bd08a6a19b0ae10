// How src/ is bundled by esbuild: for a checkout and for the package by scripts/build.mjs, for the measured programs by bench/.
import { copyFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { pastDoors } from './doors.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where ajv would compile the schema at every start, the code that it writes for it, compiled once here. */
const compiledValidator = {
  name: 'compiled-validator',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]spec[\\/]validator\.ts$/ }, async () => {
      const { Ajv2020 } = await import('ajv/dist/2020.js');
      const { default: standalone } = await import('ajv/dist/standalone/index.js');
      const { outputFiles } = await build({
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
      // Its many names are of no use to anybody, and a fifth of the text of a start.
      const short = await transform(contents, { minifyIdentifiers: true, format: 'esm' });
      return { contents: short.code, loader: 'js', resolveDir: join(root, 'src', 'spec') };
    });
  },
};

/**
 * The gradients of tfjs-core and the kernels of tfjs-node, which src/tensor/bundled/ requires, become part of the bundle: the first
 * cannot be imported by Node, and the second would bring all of tfjs and an install script. They register with the one tfjs-core
 * that is installed, through its global registry.
 */
const bundledParts = {
  name: 'bundled-parts',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/]src[\\/]tensor[\\/]bundled[\\/][^\\/]+\.ts$/ }, ({ path }) => ({
      // What esbuild takes for a require that it may bundle.
      contents: readFileSync(path, 'utf8').replaceAll('createRequire(import.meta.url)(', 'require('),
      loader: 'ts',
    }));
    const core = { path: '@tensorflow/tfjs-core', external: true };
    const require = createRequire(import.meta.url);
    onResolve({ filter: /^@tensorflow\/tfjs(-core|-node)?(\/|$)/ }, ({ path, importer }) => {
      const bundled = /[\\/]src[\\/]tensor[\\/]bundled[\\/]/.test(importer);
      return bundled && path.includes('/dist/') ? { path: require.resolve(path) } : core;
    });
    // Its UMD modules cannot be bundled; beside them lie ES modules.
    onResolve({ filter: /^jsonc-parser$/ }, ({ path }) => ({ path, namespace: path }));
    const jsonc = require.resolve('jsonc-parser/lib/esm/main.js');
    onLoad({ filter: /.*/, namespace: 'jsonc-parser' }, () => ({
      contents: `export * as default from ${JSON.stringify(jsonc)}`,
      resolveDir: root,
    }));
    // TensorBoard's summaries, which nothing here writes.
    onResolve({ filter: /^\.\/proto\/api_pb$/ }, () => ({ path: 'none', namespace: 'none' }));
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: '' }));
  },
};

/**
 * Node's own modules are required, not imported: the ES module of node:fs reads every name of it, and so loads its streams; commander
 * asks for child_process, which it uses for programs that are none of ours. Together 6 ms of a start.
 */
const lightBuiltins = {
  name: 'light-builtins',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(node:)?(fs|child_process)$/ }, ({ path, importer, namespace }) => {
      if (namespace === 'builtin') return { path, external: true };
      const name = path.replace('node:', '');
      const unused = name === 'child_process' && /[\\/]node_modules[\\/]commander[\\/]/.test(importer);
      return { path: unused ? 'none' : name, namespace: unused ? 'none' : 'builtin' };
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('node:${path}')`,
    }));
  },
};

/** esbuild's chunks follow files, not names: a command would read every file behind the doors of the stages that it uses. */
const throughDoors = {
  name: 'through-doors',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: pastDoors(readFileSync(path, 'utf8'), path),
      loader: 'ts',
    }));
  },
};

/** esbuild's options, but for the entry points and the folder. */
export const options = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.11',
  // Less text to read at every start; the source maps lead back.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'error',
  plugins: [compiledValidator, bundledParts, lightBuiltins, throughDoors],
  // Small pure-JavaScript packages are bundled: one file read in place of a hundred. The rest is left to Node.
  external: ['koffi', 'sharp', 'vega', 'vega-lite', '@tensorflow/*', 'webgpu'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; let __ours; const require = (name) => (__ours ??= __createRequire(import.meta.url))(name);",
  },
};

/** What every start reads, by the name of its script: see cached.mjs. */
const everyStart = { commander: 'commander', yaml: 'yaml', validator: './src/spec/validator.ts' };

/** It is taken from the scripts. */
const fromCached = {
  name: 'from-cached',
  setup({ onLoad, onResolve }) {
    const namespace = 'cached';
    onResolve({ filter: /^(commander|yaml)$/ }, ({ path }) => ({ path, namespace }));
    onResolve({ filter: /\/validator\.ts$/ }, () => ({ path: 'validator', namespace }));
    onResolve({ filter: /^\.\/cached\.js$/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /.*/, namespace }, async ({ path }) => {
      const exported = path === 'validator' ? ['schemaErrors'] : Object.keys(await import(path));
      const names = exported.filter((name) => name !== 'default' && name !== 'module.exports');
      const contents = `import { cached } from './cached.js';
export const { ${names.join(', ')} } = cached('${path}');`;
      return { contents };
    });
  },
};

/** cached.js and its scripts. */
async function bundleCached(folder) {
  const { splitting: _, external: __, banner: ___, ...common } = options;
  // Read as Latin-1.
  const script = { ...common, format: 'cjs', charset: 'ascii', outExtension: { '.js': '.cjs' } };
  await build({ ...script, entryPoints: everyStart, outdir: folder });
  copyFileSync(join(root, 'scripts', 'cached.mjs'), join(folder, 'cached.js'));
}

/** Bundles the program (main.js), the API (index.js, layers.js) and what loads plugins into a folder. */
export async function bundleProgram(folder) {
  const entryPoints = {
    main: 'src/cli/main.ts',
    index: 'src/index.ts',
    layers: 'src/layers.ts',
    'plugins/thread': 'src/plugins/thread.ts',
    'augment/threads/thread': 'src/augment/threads/thread.ts',
  };
  const plugins = [fromCached, ...options.plugins];
  await build({ ...options, plugins, entryPoints, outdir: folder, sourcemap: 'linked' });
  await bundleCached(folder);
}
