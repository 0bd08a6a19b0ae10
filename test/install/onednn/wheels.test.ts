import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOneDnn } from '../../../src/install/onednn/wheels.ts';

const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' };

test("the wheels are pinned by version and hash; Intel's threads come along where libgomp is absent", () => {
  for (const [hasGomp, packages] of [
    [true, ['onednn-cpu-gomp']],
    [false, ['onednn-cpu-iomp', 'intel-openmp', 'intel-cmplr-lib-rt']],
  ] as const) {
    const { requirements, fetched, kept, peak } = planOneDnn(linux, hasGomp);
    assert.deepEqual(
      requirements.map((line) => line.split('==')[0]),
      packages,
    );
    for (const line of requirements) assert.match(line, /^[a-z-]+==2023\.2\.0 --hash=sha256:[0-9a-f]{64}$/);
    assert.ok(fetched < peak && kept < peak);
  }
});

test('machines for which there is no wheel', () => {
  for (const machine of [
    { ...linux, arch: 'arm64' },
    { platform: 'darwin', arch: 'arm64' },
    { platform: 'win32', arch: 'x64' },
    { platform: 'linux', arch: 'x64' },
  ])
    assert.throws(() => planOneDnn(machine, true), { code: 'onednn-platform', exitCode: 2 });
});
