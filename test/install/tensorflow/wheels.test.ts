import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planWheels } from '../../../src/install/index.ts';
import { KEPT } from '../../../src/install/tensorflow/fetch-pip.ts';

test('which wheel fits which machine', () => {
  const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' };
  assert.equal(planWheels('cpu', linux).package, 'tensorflow-cpu');
  assert.equal(planWheels('cuda', linux).package, 'tensorflow');
  assert.ok(planWheels('cuda', linux).platforms.includes('manylinux_2_27_x86_64'));
  assert.equal(planWheels('cpu', { ...linux, arch: 'arm64' }).package, 'tensorflow');
  assert.deepEqual(planWheels('cpu', { platform: 'darwin', arch: 'arm64' }).platforms, ['macosx_12_0_arm64']);
});

test('machines without a wheel are told so', () => {
  const machines = [
    { platform: 'linux', arch: 'x64' },
    { platform: 'linux', arch: 'x64', glibc: '2.17' },
    { platform: 'linux', arch: 'ppc64', glibc: '2.36' },
    { platform: 'darwin', arch: 'x64' },
    { platform: 'win32', arch: 'x64' },
  ];
  for (const machine of machines) {
    assert.throws(() => planWheels('cpu', machine), { code: 'tensorflow-platform', exitCode: 2 });
  }
  assert.throws(() => planWheels('cuda', { platform: 'darwin', arch: 'arm64' }), {
    code: 'tensorflow-platform',
  });
});

test('every wheel is pinned by version and hash, with CUDA the libraries too', () => {
  const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' };
  const all = [
    planWheels('cpu', linux),
    planWheels('cuda', linux),
    planWheels('cpu', { ...linux, arch: 'arm64' }),
  ];
  for (const { requirements } of all)
    for (const line of requirements) assert.match(line, /^[a-z0-9-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}$/);
  assert.deepEqual(
    all.map(({ requirements }) => requirements.length),
    [1, 13, 1],
  );
  const names = all[1]!.requirements.map((line) => line.split('==')[0]!);
  assert.equal(new Set(names).size, 13);
  assert.ok(names.slice(1).every((name) => /^nvidia-[a-z]+(?:-[a-z]+)*-cu12$/.test(name)));
});

test('only what is needed at run time is kept of a wheel', () => {
  for (const path of [
    'tensorflow/libtensorflow_cc.so.2',
    'tensorflow/libtensorflow_framework.so.2',
    'tensorflow/libtensorflow_framework.2.dylib',
    'nvidia/cudnn/lib/libcudnn.so.9',
    'nvidia/cuda_nvcc/bin/ptxas',
    'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
  ])
    assert.match(path, KEPT);
  for (const path of [
    'tensorflow/python/_pywrap_tensorflow.so',
    'tensorflow/include/a.h',
    'nvidia/cudnn/include/cudnn.h',
    'nvidia/../lib/x',
    '../tensorflow/libtensorflow_cc.so.2',
  ])
    assert.doesNotMatch(path, KEPT);
});
