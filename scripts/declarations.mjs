// The types of the API (src/index.ts) for the package: what tsc declares, and of it the files that the API's types come from.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pastDoors } from './doors.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');

export function writeDeclarations(folder) {
  const declared = mkdtempSync(join(tmpdir(), 'facecom-types-'));
  try {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const args = [tsc, '-p', join(root, 'tsconfig.api.json'), '--outDir', declared];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(stdout);
    const done = new Set();
    for (const entry of ['index.ts', 'layers.ts']) copyReached(declared, folder, entry, done);
  } finally {
    rmSync(declared, { recursive: true, force: true });
  }
}

/** Copies the declarations of a source and of what it imports. */
function copyReached(from, to, path, done) {
  if (done.has(path)) return;
  done.add(path);
  const file = path.replace(/\.ts$/, '.d.ts');
  // A declaration file of src/ is not emitted again.
  const text = readFileSync(existsSync(join(from, file)) ? join(from, file) : join(source, path), 'utf8');
  const direct = pastDoors(text, join(source, path));
  mkdirSync(dirname(join(to, file)), { recursive: true });
  writeFileSync(join(to, file), direct.replace(/(['"])(\.{1,2}\/[^'"]+)\.ts\1/g, '$1$2.js$1'));
  for (const [, , imported] of direct.matchAll(/(['"])(\.{1,2}\/[^'"]+\.ts)\1/g))
    copyReached(from, to, relative(source, join(source, dirname(path), imported)), done);
}
