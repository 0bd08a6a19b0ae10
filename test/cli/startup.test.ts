import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';

// A convenience import of one of these would cost every command a second.
const heavy = /@tensorflow|sharp|vega|koffi|esbuild|webgpu/;

/** Runs facecom and returns the scripts that it loaded: the engine's coverage lists every one. */
async function scriptsOf(cwd: string, args: string[]): Promise<string[]> {
  // The first start may build.
  await facecom(['--help'], { cwd });
  const { exitCode, stderr } = await facecom(args, {
    cwd,
    env: { NODE_V8_COVERAGE: join(cwd, 'coverage') },
  });
  assert.equal(exitCode, 0, stderr);
  const scripts: string[] = [];
  for (const file of await readdir(join(cwd, 'coverage'))) {
    const { result } = JSON.parse(await readFile(join(cwd, 'coverage', file), 'utf8'));
    for (const { url } of result) scripts.push(url);
  }
  assert.ok(scripts.some((url) => url.endsWith('/main.js')));
  return scripts;
}

for (const args of [
  ['--help'],
  ['run', join(packageDir, 'experiments/tiny.yaml'), '--dry-run'],
  ['validate', join(packageDir, 'experiments/baseline.yaml')],
]) {
  it(`facecom ${args[0]} loads neither a tensor library nor sharp nor vega`, async (t) => {
    const scripts = await scriptsOf(await temporaryFolder(t), args);
    assert.deepEqual(
      scripts.filter(
        (url) => url.includes('/node_modules/') && heavy.test(url.split('/node_modules/').at(-1)!),
      ),
      [],
    );
  });
}

it('facecom job, which is started for each trial of a cluster, loads little of the program', async (t) => {
  const cwd = await temporaryFolder(t);
  const journal = [
    { type: 'submitting', time: 1, launcher: 'slurm', key: 'k', kind: 0, runs: ['a-1'], from: [0] },
    { type: 'ended', time: 1, key: 'k', task: 0 },
  ];
  await writeFile(join(cwd, 'jobs.jsonl'), journal.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  const scripts = await scriptsOf(cwd, ['job', join(cwd, 'jobs/k.json'), '0', '--job', '1_0']);
  const own = scripts.filter((url) => /\/dist\/.*\.js$/.test(url)).map((url) => fileURLToPath(url));
  const sizes = await Promise.all(own.map(async (file) => (await stat(file)).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(bytes < 200_000, `${bytes} bytes: ${own.join(' ')}`);
});
