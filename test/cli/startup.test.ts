import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';

// A convenience import of one of these would cost every command a second.
const heavy = /@tensorflow|sharp|vega|koffi|esbuild|webgpu/;

for (const args of [
  ['--help'],
  ['run', join(packageDir, 'experiments/tiny.yaml'), '--dry-run'],
  ['validate', join(packageDir, 'experiments/baseline.yaml')],
]) {
  it(`facecom ${args[0]} loads neither a tensor library nor sharp nor vega`, async (t) => {
    const cwd = await temporaryFolder(t);
    // The engine's coverage lists every script that a process loaded. The first start may build.
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
    assert.deepEqual(
      scripts.filter(
        (url) => url.includes('/node_modules/') && heavy.test(url.split('/node_modules/').at(-1)!),
      ),
      [],
    );
  });
}
