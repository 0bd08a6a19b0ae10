import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { execa } from 'execa';
import { packageDir, temporaryFolder } from '../support/program.ts';

const script = join(packageDir, 'bench', 'gpu.sh');

/** Runs the script with an nvidia-smi of the test's own before any other. */
async function gpuBench(t: TestContext, nvidiaSmi: string, args: string[] = []) {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'nvidia-smi'), `#!/bin/sh\n${nvidiaSmi}\n`, { mode: 0o755 });
  const out = join(folder, 'out');
  const PATH = `${folder}${delimiter}${process.env.PATH}`;
  const result = await execa('bash', [script, '--out', out, ...args], { env: { PATH }, reject: false });
  return { ...result, out };
}

const otherMachine =
  process.platform === 'linux' && process.arch === 'x64' ? false : 'the CUDA wheel is for Linux on x64';

describe('bench/gpu.sh', { skip: otherMachine }, () => {
  it('says what is missing if there is no GPU, and measures nothing', async (t) => {
    const found = await gpuBench(t, "echo 'NVIDIA-SMI has failed'; exit 9");
    assert.equal(found.exitCode, 2);
    assert.match(found.stderr, /missing:\n {2}an NVIDIA GPU gpu:0: nvidia-smi says: NVIDIA-SMI has failed$/);
    assert.equal(found.stdout, '');
    assert.ok(!existsSync(found.out));
  });

  it('prints what it would run, and runs nothing', async (t) => {
    const found = await gpuBench(t, "echo 'NVIDIA H100, 580.1'", ['--dry-run', '--device', 'gpu:1']);
    assert.equal(found.exitCode, 0, found.stderr);
    assert.equal(found.stderr, 'gpu:1: NVIDIA H100 with driver 580.1');
    const lines = found.stdout.split('\n').filter((line) => !line.startsWith('npm ci'));
    assert.match(lines[0]!, /facecom\.mjs setup --cuda/);
    const benches = lines.filter((line) => line.includes('bench/run.ts'));
    assert.equal(benches.length, 12);
    for (const line of benches) assert.match(line, / (step|memory) --json --device gpu:1 --backend /);
    assert.ok(!existsSync(found.out));
  });

  it('refuses what it does not know', async (t) => {
    for (const args of [['--gpu'], ['--device', 'cpu'], ['--rounds', '0'], ['--rounds']]) {
      const { exitCode, stderr } = await gpuBench(t, 'exit 9', args);
      assert.equal(exitCode, 2);
      assert.match(stderr, /^Usage: /m);
    }
  });
});
