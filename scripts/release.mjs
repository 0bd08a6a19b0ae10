// Makes a release: npm run release -- VERSION [--dry-run]
//   clean main ─▶ .ci/run ─▶ version and changelog ─▶ package, installed once as a user would ─▶ commit and tag
// Publishing stays a step of its own, printed at the end: npm publish and git push.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [version, ...flags] = process.argv.slice(2);
const dryRun = flags.includes('--dry-run');

function fail(message) {
  console.error(message);
  process.exit(1);
}

function run(command, args, options = {}) {
  const shown = [command, ...args].join(' ');
  console.log(`$ ${shown}`);
  const { status, stdout } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', options.read ? 'pipe' : 'inherit', 'inherit'],
    ...options,
  });
  if (status !== 0) fail(`failed: ${shown}`);
  return stdout?.trim();
}

const file = (name) => join(root, name);
const manifest = JSON.parse(readFileSync(file('package.json'), 'utf8'));
const isNewer = (a, b) => {
  const [x, y] = [a, b].map((text) => text.split('.').map(Number));
  const at = x.findIndex((part, i) => part !== y[i]);
  return at >= 0 && x[at] > y[at];
};
if (!/^\d+\.\d+\.\d+$/.test(version ?? ''))
  fail('Usage: npm run release -- VERSION [--dry-run], such as 0.2.0');
if (!isNewer(version, manifest.version)) fail(`${version} is not newer than ${manifest.version}.`);

const changelog = readFileSync(file('CHANGELOG.md'), 'utf8');
const changes = /^## Unreleased\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(changelog)?.[1].trim();
if (!changes) fail('CHANGELOG.md has nothing under "## Unreleased".');
if (run('git', ['branch', '--show-current'], { read: true }) !== 'main') fail('A release is made from main.');
if (run('git', ['status', '--porcelain'], { read: true }) !== '')
  fail('There are changes that are not committed.');
if (run('git', ['tag', '--list', `v${version}`], { read: true }) !== '')
  fail(`The tag v${version} is there already.`);
if (dryRun) {
  console.log(`\nfacecom ${version}\n\n${changes}`);
  process.exit(0);
}

run('bash', ['.ci/run']);
const today = new Date().toISOString().slice(0, 10);
writeFileSync(
  file('CHANGELOG.md'),
  changelog.replace(/^## Unreleased\n/m, `## Unreleased\n\n## ${version} (${today})\n`),
);
run('npm', ['version', version, '--no-git-tag-version']);
const folder = mkdtempSync(join(tmpdir(), 'facecom-release-'));
try {
  run('npm', ['pack', '--ignore-scripts=false', '--pack-destination', folder]);
  run('npm', ['install', '--prefix', folder, join(folder, `facecom-${version}.tgz`)]);
  const printed = run(join(folder, 'node_modules', '.bin', 'facecom'), ['--version'], { read: true });
  if (printed !== version) fail(`The installed package says that it is ${printed}.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
run('git', ['commit', '--all', '--message', `Release ${version}`]);
run('git', ['tag', '--annotate', `v${version}`, '--message', `facecom ${version}\n\n${changes}`]);
console.log(`\nNow: git push --follow-tags && npm publish --ignore-scripts=false`);
