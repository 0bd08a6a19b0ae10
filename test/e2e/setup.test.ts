import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { planOneDnn } from '../../src/install/onednn/wheels.ts';
import { fetchWithPip } from '../../src/install/tensorflow/fetch-pip.ts';
import { planWheels } from '../../src/install/tensorflow/wheels.ts';
import { findPython } from '../../src/python/index.ts';
import { smallDisk, withoutDisk } from '../support/cache-disk.ts';
import { binary, facecom, packageDir, temporaryFolder } from '../support/program.ts';
import { folderIndex, indexOf, slowIndex } from '../support/slow-index.ts';
import { withoutIndex, withoutPython, writeWheel } from '../support/wheel.ts';

const linux = process.platform === 'linux' && process.arch === 'x64';
const skip = withoutPython || (linux ? false : 'its wheels are those of Linux on x64');
const tiny = join(packageDir, 'experiments', 'tiny.yaml');

async function folders(t: TestContext) {
  const cwd = await temporaryFolder(t);
  const env = {
    FACECOM_CACHE_DIR: join(cwd, 'cache'),
    FACECOM_TENSORFLOW_DIR: '',
    FACECOM_ONEDNN_DIR: '',
    FACECOM_SETUP: '',
  };
  return { cwd, env, installs: join(cwd, 'cache', 'tensorflow') };
}

const inside = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

test('setup: two at once install it once, from the real wheel', {
  skip: skip || (await withoutIndex()),
}, async (t) => {
  const { cwd, env, installs } = await folders(t);
  const outcomes = await Promise.all([1, 2].map(() => facecom(['setup', '--cpu', '--json'], { cwd, env })));
  assert.deepEqual(
    outcomes.map(({ exitCode }) => exitCode),
    [0, 0],
    outcomes.map(({ stderr }) => stderr).join('\n'),
  );
  const found = outcomes.map(({ json }) => json.at(-1).tensorflow);
  assert.deepEqual(found.map(({ installed }) => installed).sort(), [false, true]);
  assert.deepEqual(found[0].devices, ['CPU:0']);
  assert.match(outcomes.map(({ stderr }) => stderr).join(), /waiting for process \d+, which is setting up/);
  assert.deepEqual(inside(installs), ['2.21.0-cpu']);

  const library = join(installs, '2.21.0-cpu', 'tensorflow', 'libtensorflow_cc.so.2');
  truncateSync(library, 1000);
  const named = ['--set', 'resources.backend=tensorflow'];
  const run = await facecom(['run', tiny, '--json', ...named], { cwd, env });
  assert.equal(run.exitCode, 2);
  assert.equal(run.json[0].error.code, 'tensorflow-damaged');
  assert.match(run.json[0].error.remedy, /facecom setup --force/);
  assert.ok(!existsSync(join(cwd, 'runs')));
  const doctor = await facecom(['doctor', '--json'], { cwd, env });
  assert.equal(doctor.exitCode, 1);
  const check = doctor.json[0].checks.find(({ name }: { name: string }) => name === 'tensorflow');
  assert.equal(check.status, 'fail');
});

test('setup: a forged wheel is refused before anything of it is used', {
  skip,
}, async (t) => {
  const { cwd, env, installs } = await folders(t);
  const index = join(cwd, 'index');
  mkdirSync(index);
  await writeWheel(index, {
    'tensorflow/libtensorflow_cc.so.2': 'not a library',
    'tensorflow/libtensorflow_framework.so.2': 'not a library',
    'tensorflow/__init__.py': '',
  });
  const any = 'py3-none-any';
  const forged = { 'libdnnl.so.3': 'not a library', 'nvidia/cudnn/lib/libcudnn.so.9': 'not a library' };
  const of = (requirement: string) => /^([\w-]+)==(\S+)/.exec(requirement)!;
  const engine = planOneDnn().requirements[0]!;
  const cuda = planWheels('cuda').requirements.find((line) => line.startsWith('nvidia-cudnn'))!;
  for (const [, name, version] of [engine, cuda].map(of))
    await writeWheel(index, forged, { name: name!, version: version!, tag: any });
  const pip = await indexOf(t, index);
  const flags = { '--cpu': installs, '--onednn': join(cwd, 'cache', 'onednn') };
  await Promise.all(
    Object.entries(flags).map(async ([flag, folder]) => {
      const { exitCode, json } = await facecom(['setup', flag, '--json'], { cwd, env: { ...env, ...pip } });
      assert.equal(exitCode, 2, flag);
      assert.equal(json[0].error.code, 'python-packages');
      assert.match(json[0].error.remedy, /another file than PyPI/);
      assert.deepEqual(inside(folder), []);
    }),
  );
  const kept = { ...process.env };
  Object.assign(process.env, pip);
  try {
    const plan = { ...planWheels('cuda'), requirements: [cuda] };
    const [root, work] = [join(cwd, 'root'), join(cwd, 'work')];
    mkdirSync(work);
    await assert.rejects(fetchWithPip((await findPython())!, { plan, root, work }), {
      code: 'python-packages',
      remedy: /another file than PyPI/,
    });
    assert.deepEqual(inside(root), []);
  } finally {
    process.env = kept;
  }
});

test('setup: Ctrl-C and kill -9 in the middle leave nothing that is taken for an install', {
  skip,
}, async (t) => {
  const { cwd, env, installs } = await folders(t);
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const index = await slowIndex(t);
    const child = spawn(process.execPath, [binary, 'setup', '--cpu'], {
      cwd,
      env: { ...process.env, ...env, ...index.env },
      stdio: 'ignore',
    });
    const ended = new Promise<[number | null, string | null]>((resolve) =>
      child.on('exit', (code, by) => resolve([code, by])),
    );
    await index.asked;
    child.kill(signal);
    assert.deepEqual(await ended, signal === 'SIGINT' ? [130, null] : [null, 'SIGKILL']);
    // Ended with it, pip does not continue in the folder of the next setup.
    if (signal === 'SIGINT') assert.deepEqual(inside(installs), []);
    else assert.notDeepEqual(inside(installs), []);
  }
  const after = await facecom(['setup', '--cpu', '--json'], { cwd, env: { ...env, ...folderIndex(cwd) } });
  assert.equal(after.json[0].error.code, 'python-packages');
  assert.deepEqual(inside(installs), []);
});

test('run: without a network or Python it continues with wasm, unless a library is asked for', {
  skip,
}, async (t) => {
  const { cwd, env } = await folders(t);
  const offline = { ...env, ...folderIndex(cwd) };
  const asked = await facecom(['run', tiny, '--set', 'resources.backend=tensorflow', '--json'], {
    cwd,
    env: offline,
  });
  assert.equal(asked.exitCode, 2);
  assert.equal(asked.json[0].error.code, 'python-packages');
  assert.ok(!existsSync(join(cwd, 'runs')));

  const off = { ...env, FACECOM_SETUP: 'off' };
  const refused = await facecom(['run', tiny, '--set', 'resources.backend=tensorflow', '--json'], {
    cwd,
    env: off,
  });
  assert.equal(refused.exitCode, 2);
  assert.equal(refused.json[0].error.code, 'tensorflow-missing');
  const engine = await facecom(['run', tiny, '--set', 'resources.backend=onednn', '--json'], {
    cwd,
    env: off,
  });
  assert.equal(engine.exitCode, 2);
  assert.equal(engine.json[0].error.code, 'onednn-missing');

  const nowhere = join(cwd, 'nowhere');
  mkdirSync(nowhere);
  const settings = ['--set', 'train.epochs=1', '--set', 'tracking.mlflow=off'];
  const run = await facecom(['run', tiny, ...settings, '--json'], { cwd, env: { ...env, PATH: nowhere } });
  assert.equal(run.exitCode, 0, run.stderr);
  assert.match(run.stderr, /warning\[no-onednn\]: .*needs Python/);
  assert.match(run.stderr, /warning\[no-tensorflow\]: .*needs Python/);
  assert.match(run.stderr, /wasm backend, which is many times slower/);
  assert.equal(run.json.at(-1).status, 'finished');
  assert.equal(run.json.length, run.stdout.trim().split('\n').length);
});

test('run: a GPU that is not there is refused before anything is launched', async (t) => {
  const { cwd, env } = await folders(t);
  const nowhere = join(cwd, 'nowhere');
  mkdirSync(nowhere);
  for (const backend of ['auto', 'wasm']) {
    const args = [
      'run',
      tiny,
      '--json',
      '--set',
      'resources.device=gpu:7',
      '--set',
      `resources.backend=${backend}`,
    ];
    const { exitCode, json } = await facecom(args, { cwd, env: { ...env, PATH: nowhere } });
    assert.equal(exitCode, 2);
    assert.equal(json[0].error.code, 'no-gpu');
    assert.ok(!existsSync(join(cwd, 'runs')));
  }
});

test('setup --dry-run takes the build for GPUs where nvidia-smi lists one, and --cpu overrules', {
  skip: !linux,
}, async (t) => {
  const { cwd, env } = await folders(t);
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  const script =
    '#!/bin/sh\ncase "$*" in *query-gpu*) echo "0, GPU-1, NVIDIA T4, 15360, 0, 550.54, [N/A]";; esac\n';
  writeFileSync(join(bin, 'nvidia-smi'), script);
  chmodSync(join(bin, 'nvidia-smi'), 0o755);
  const withGpu = { ...env, PATH: `${bin}:/usr/bin:/bin` };
  const plan = async (...args: string[]) =>
    (await facecom(['setup', '--dry-run', '--json', ...args], { cwd, env: withGpu })).json[0].tensorflow;
  const chosen = await plan();
  assert.deepEqual([chosen.kind, chosen.package, chosen.needed], ['cuda', 'tensorflow', true]);
  assert.equal((await plan('--cpu')).package, 'tensorflow-cpu');
  const withoutGpu = await facecom(['setup', '--dry-run', '--json'], {
    cwd,
    env: { ...env, PATH: '/usr/bin:/bin' },
  });
  assert.equal(withoutGpu.json[0].onednn.needed, true);
  const both = await facecom(['setup', '--cpu', '--cuda'], { cwd, env });
  assert.equal(both.exitCode, 2);
  const doctor = await facecom(['doctor', '--json'], { cwd, env: withGpu });
  const gpus = doctor.json[0].checks.find(({ name }: { name: string }) => name === 'gpus');
  assert.match(gpus.text, /gpu:0 NVIDIA T4, 15 GiB; driver 550\.54/);
  assert.ok(!existsSync(join(cwd, 'cache')));
});

test('setup: a cache folder that cannot be made', async (t) => {
  const { cwd, env } = await folders(t);
  writeFileSync(join(cwd, 'file'), '');
  const { exitCode, json } = await facecom(['setup', '--cpu', '--json'], {
    cwd,
    env: { ...env, FACECOM_CACHE_DIR: join(cwd, 'file', 'cache') },
  });
  assert.equal(exitCode, 2);
  assert.equal(json[0].error.code, 'cache-folder');
});

test('setup: a disk that is too small is told before anything is fetched', {
  skip: skip || withoutDisk,
}, async (t) => {
  const disk = await smallDisk(t, '50m');
  const { cwd, env } = await folders(t);
  const { exitCode, json } = await facecom(['setup', '--cpu', '--json'], {
    cwd,
    env: { ...env, FACECOM_CACHE_DIR: disk },
  });
  assert.equal(exitCode, 2);
  assert.equal(json[0].error.code, 'disk-full');
  assert.match(json[0].error.found, /^52\d{6} bytes \(52\.\d MB\) free at /);
  assert.match(json[0].error.expected, /^1250000000 bytes/);
  assert.deepEqual(inside(join(disk, 'tensorflow')), []);
});
