// Runs the tests with Node's own runner: `npm test`, or `npm test -- PART…` for the files whose path contains one of the parts.
//   native TensorFlow set up, where it can be ─▶ dist/ built once ─▶ node --test
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const parts = process.argv.slice(2);
const files = readdirSync(join(root, 'test'), { recursive: true })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('test', name))
  .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`No test file matches ${parts.join(', ')}.`);
  process.exit(1);
}

const run = (args, options = {}) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', ...options });

// Without it the tests of the native backend would be skipped. A machine that cannot have it runs the others.
if (parts.length === 0)
  run([join(root, 'bin', 'facecom.mjs'), 'setup'], { stdio: ['ignore', 'inherit', 'inherit'] });
// Built before the tests start, which otherwise would all do it at once.
else run([join(root, 'scripts', 'build.mjs')]);

const result = run(['--import', 'tsx', '--test', '--test-concurrency=2', ...files]);
process.exit(result.status ?? 1);
