// Runs the tests with Node's own runner: `npm test`, or `npm test -- PART…` for the files whose path contains one of the parts.
//   oneDNN and native TensorFlow set up, if they can be ─▶ dist/ built once ─▶ node --test ─▶ what was skipped
// FACECOM_TESTS=all: a skipped test fails. FACECOM_TESTS=all,-photographs: but not one whose reason contains that word.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
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

// Without them the tests of the native backends would be skipped. A machine that cannot have one runs the others.
if (parts.length === 0)
  for (const library of ['--onednn', '--cpu'])
    run([join(root, 'bin', 'facecom.mjs'), 'setup', library], { stdio: ['ignore', 'inherit', 'inherit'] });
// Built before the tests start, which otherwise would all do it at once.
else run([join(root, 'scripts', 'build.mjs')]);

const folder = mkdtempSync(join(tmpdir(), 'facecom-tests-'));
const skipsFile = join(folder, 'skips.jsonl');
const result = run([
  ...['--import', 'tsx', '--test', '--test-concurrency=2'],
  ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
  ...[`--test-reporter=${join(root, 'scripts', 'skips.mjs')}`, `--test-reporter-destination=${skipsFile}`],
  ...files,
]);
const skipped = readFileSync(skipsFile, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));
rmSync(folder, { recursive: true, force: true });

const [all, ...allowed] = (process.env.FACECOM_TESTS ?? '').split(',');
const words = allowed.map((word) => word.replace(/^-/, ''));
const missed = skipped.filter(({ reason }) => !words.some((word) => String(reason).includes(word)));
for (const { file, name, reason } of skipped)
  console.log(`skipped: ${relative(root, file)}: ${name}: ${reason === true ? 'no reason given' : reason}`);
if (all === 'all' && missed.length > 0)
  console.error(`FACECOM_TESTS=all: ${missed.length} tests were skipped.`);
process.exit(result.status || (all === 'all' && missed.length > 0 ? 1 : 0));
