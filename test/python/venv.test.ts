import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { execa } from 'execa';
import { ensureVenv, findPython, hasVenv, runPip } from '../../src/python/index.ts';
import { smallDisk, withoutDisk } from '../support/cache-disk.ts';
import { temporaryFolder } from '../support/program.ts';
import { folderIndex } from '../support/slow-index.ts';
import { withoutPython, writeWheel } from '../support/wheel.ts';

const kept = { ...process.env };
before(() => Object.assign(process.env, folderIndex('')));
after(() => {
  process.env = kept;
});

test('environments: made once by two at once, kept, made anew for other requirements', {
  skip: withoutPython,
}, async (t) => {
  const folder = await temporaryFolder(t);
  process.env.FACECOM_CACHE_DIR = join(folder, 'cache');
  const notes: string[] = [];
  const make = () => ensureVenv('one', [], { note: (line) => notes.push(line) });
  const [python] = await Promise.all([make(), make()]);
  assert.equal(notes.filter((line) => line.startsWith('setting up')).length, 1);
  assert.equal(notes.filter((line) => line.startsWith('waiting for process')).length, 1);
  assert.equal(
    (await execa(python!, ['-c', 'import sys; print(sys.prefix)'])).stdout,
    join(folder, 'cache/venvs/one'),
  );
  assert.ok(hasVenv('one', []));
  assert.equal(await make(), python);
  assert.equal(notes.length, 2);

  await assert.rejects(
    ensureVenv('one', ['facecom-has-no-such-package==1']),
    (error: Error & { code: string }) => {
      assert.equal(error.code, 'python-packages');
      assert.match(String((error as never as { found: string }).found), /facecom-has-no-such-package/);
      return true;
    },
  );
  assert.ok(!hasVenv('one', []));
  assert.ok(!existsSync(join(folder, 'cache/venvs/one')));
});

test('environments: a broken wheel, a name that leaves the folder, an interruption', {
  skip: withoutPython,
}, async (t) => {
  const folder = await temporaryFolder(t);
  process.env.FACECOM_CACHE_DIR = join(folder, 'cache');
  const wheel = await writeWheel(folder, {});
  await assert.rejects(ensureVenv('two', [wheel]), { code: 'python-packages' });
  await assert.rejects(ensureVenv('../two', []), RangeError);
  await assert.rejects(ensureVenv('two', [], { signal: AbortSignal.timeout(300) }), {
    code: 'interrupted',
    exitCode: 130,
  });
  assert.ok(!existsSync(join(folder, 'cache/venvs/two')));
});

test('environments: no Python', async (t) => {
  const folder = await temporaryFolder(t);
  process.env.FACECOM_CACHE_DIR = join(folder, 'cache');
  const { PATH } = process.env;
  process.env.PATH = folder;
  try {
    await assert.rejects(ensureVenv('three', []), {
      code: 'python-missing',
      exitCode: 2,
      found: 'no Python, and no uv',
    });
    // As Debian has it without python3-venv, and an old system beside it.
    const put = (name: string, version: string, has: { venv: boolean; pip: boolean }) => {
      const said = JSON.stringify({ path: join(folder, name), version, ...has });
      writeFileSync(join(folder, name), `#!/bin/sh\necho '${said}'\n`, { mode: 0o755 });
    };
    put('python3', '3.9.18', { venv: true, pip: true });
    put('python3.12', '3.12.3', { venv: false, pip: true });
    await assert.rejects(ensureVenv('three', [], { atLeast: '3.10' }), {
      code: 'python-missing',
      found: 'python3 3.9.18, python3.12 3.12.3 without venv',
    });
    assert.equal((await findPython('3.10'))?.version, '3.12.3');
    put('python3.11', '3.11.2', { venv: true, pip: false });
    assert.equal((await findPython('3.10', { venv: true }))?.version, '3.11.2');
  } finally {
    process.env.PATH = PATH;
  }
});

test('environments: a full disk', { skip: withoutPython || withoutDisk }, async (t) => {
  const disk = await smallDisk(t, '4m');
  process.env.FACECOM_CACHE_DIR = disk;
  await assert.rejects(ensureVenv('four', []), { code: 'disk-full', exitCode: 2 });
  assert.ok(!existsSync(join(disk, 'venvs/four')));
});

test('an index that cannot be reached is named as the cause, without what pip makes of it', async () => {
  const lines = [
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(\"HTTPSConnection(host='pypi.org'): Failed to establish a new connection: [Errno -3] Temporary failure in name resolution\")': /simple/mlflow/",
    'ERROR: Cannot install mlflow<4 and >=3.4 because these package versions have conflicting dependencies.',
    'ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/',
  ];
  const script = `console.error(${JSON.stringify(lines.join('\n'))}); process.exit(1);`;
  await assert.rejects(runPip(process.execPath, ['-e', script], { what: 'mlflow' }), {
    code: 'python-packages',
    found: 'Failed to establish a new connection: [Errno -3] Temporary failure in name resolution.',
    remedy: /network/,
  });
});
