import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { options } from '../../scripts/bundle.mjs';

/** Below node_modules, so that a bundle finds the packages. */
const cache = join(import.meta.dirname, '../../node_modules/.cache');

const bundles = new Map<string, string>();

/**
 * A program of this folder, or of a source file, bundled as the product is: a measured process holds no compiler and no other loader than a user's. Gives
 * its path, which is gone when this process ends.
 */
export async function bundle(
  name: string,
  source: string = join(import.meta.dirname, `${name}.ts`),
): Promise<string> {
  const known = bundles.get(name);
  if (known) return known;
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, 'facecom-bench-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  await build({
    ...options,
    entryPoints: { [name]: source },
    outdir,
    outExtension: { '.js': '.mjs' },
  });
  const file = join(outdir, `${name}.mjs`);
  bundles.set(name, file);
  return file;
}
