import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planWheels } from '../../../src/install/index.ts';
import { cudaRequirements, KEPT } from '../../../src/install/tensorflow/fetch-pip.ts';

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

test("the CUDA libraries are those of the wheel's extra", () => {
  const metadata = [
    'Requires-Dist: numpy>=1.26.0',
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
  ].join('\n');
  assert.deepEqual(cudaRequirements(metadata), [
    'nvidia-cublas-cu12<13.0,>=12.5.3.2',
    'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
  ]);
  assert.throws(() => cudaRequirements('Requires-Dist: numpy'), { code: 'python-packages' });
  const strange = 'Requires-Dist: nvidia-x @ https://example.org/x.whl; extra == "and-cuda"';
  assert.throws(() => cudaRequirements(strange), { code: 'python-packages' });
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
