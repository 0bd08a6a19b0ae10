import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { ONEDNN_LIBRARY as LIBRARY } from '../../../src/install/onednn/check-file.ts';
import { locateOneDnn } from '../../../src/install/onednn/locate.ts';
import { withoutOneDnn } from '../../support/onednn.ts';
import { facecom, packageDir, temporaryFolder } from '../../support/program.ts';

/** What the program says of a folder with a oneDNN. */
async function check(dir: string, env: Record<string, string> = {}) {
  const { exitCode, stdout } = await facecom(['onednn-check', '--json'], {
    env: { FACECOM_ONEDNN_DIR: dir, ...env },
    cwd: packageDir,
  });
  return { exitCode, said: JSON.parse(stdout.trim().split('\n').at(-1)!) };
}

test('a folder without the library', async (t) => {
  const { exitCode, said } = await check(await temporaryFolder(t));
  assert.deepEqual([exitCode, said.error.code], [2, 'onednn-missing']);
});

test('a library that lacks its end', { skip: withoutOneDnn }, async (t) => {
  const folder = await temporaryFolder(t);
  const whole = readFileSync(join(locateOneDnn()!.dir, LIBRARY));
  writeFileSync(join(folder, LIBRARY), whole.subarray(0, whole.length >> 1));
  const { exitCode, said } = await check(folder);
  assert.deepEqual([exitCode, said.error.code], [2, 'onednn-damaged']);
  assert.match(said.error.found, /^\d+ bytes are missing at its end$/);
});

test('a file that is no library', async (t) => {
  const folder = await temporaryFolder(t);
  writeFileSync(join(folder, LIBRARY), 'no library\n'.repeat(100));
  const { said } = await check(folder);
  assert.deepEqual([said.error.code, said.error.found], ['onednn-damaged', 'no shared library']);
});

test('another library under its name', { skip: process.platform !== 'linux' }, async (t) => {
  const folder = await temporaryFolder(t);
  const koffi = '@koromix/koffi-linux-x64/koffi.node';
  const { stdout } = await execa(process.execPath, ['-p', `require.resolve('${koffi}')`], {
    cwd: packageDir,
    reject: false,
  });
  copyFileSync(stdout.trim() || process.execPath, join(folder, LIBRARY));
  const { said } = await check(folder);
  assert.equal(said.error.code, 'onednn-damaged');
});

test('a processor without AVX2', { skip: withoutOneDnn }, async (t) => {
  const folder = await temporaryFolder(t);
  symlinkSync(join(locateOneDnn()!.dir, LIBRARY), join(folder, LIBRARY));
  const { exitCode, said } = await check(folder, { DNNL_MAX_CPU_ISA: 'SSE41' });
  assert.deepEqual([exitCode, said.error.code], [2, 'onednn-cpu']);
  assert.match(said.error.found, /sse41/);
});

test('a processor without products in bfloat16 computes in float32', { skip: withoutOneDnn }, async () => {
  const of = async (isa: string) => {
    const { stdout } = await facecom(['onednn-check', '--json', '--measure'], {
      env: { FACECOM_ONEDNN_DIR: locateOneDnn()!.dir, DNNL_MAX_CPU_ISA: isa },
      cwd: packageDir,
    });
    return JSON.parse(stdout.trim().split('\n').at(-1)!);
  };
  const found = await of('AVX2');
  assert.deepEqual([found.isa, found.precision.precision], ['avx2', 'float32']);
});
