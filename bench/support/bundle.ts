import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Below node_modules, so that a bundle finds the packages. */
const cache = join(import.meta.dirname, '../../node_modules/.cache');

const bundles = new Map<string, string>();

/**
 * A program of this folder, bundled as scripts/build.mjs bundles the product: a measured process holds no compiler and no other
 * loader than a user's. Gives its path, which is gone when this process ends.
 */
export function bundle(name: string): string {
  const known = bundles.get(name);
  if (known) return known;
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, 'facecom-bench-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  buildSync({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.11',
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'error',
    packages: 'external',
  });
  const file = join(outdir, `${name}.mjs`);
  bundles.set(name, file);
  return file;
}
