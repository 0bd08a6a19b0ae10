import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listGpus } from '../../src/machine/index.ts';
import { temporaryFolder } from '../support/program.ts';
import { fakeNvidiaSmi } from './support/fake-smi.ts';

test('lists eight GPUs with their memory, programs and slices', async (t) => {
  const path = process.env.PATH;
  t.after(() => {
    process.env.PATH = path;
  });
  const folder = await temporaryFolder(t);
  const gpus = Array.from({ length: 8 }, (_, i) => ({
    uuid: `GPU-${i}`,
    ...(i === 3 ? { used: 4096, processes: [{ pid: 71, name: '/opt/a, b/python', used: 4000 }] } : {}),
    ...(i === 5 ? { mig: ['MIG-a', 'MIG-b'] } : {}),
  }));
  process.env.PATH = fakeNvidiaSmi(folder, gpus);
  const found = await listGpus();
  assert.deepEqual(
    found.map(({ index, uuid }) => [index, uuid]),
    gpus.map(({ uuid }, index) => [index, uuid]),
  );
  assert.equal(found[0]!.memoryTotal, 81559 * 2 ** 20);
  assert.equal(found[0]!.driver, '570.86.15');
  assert.deepEqual(found[3]!.processes, [{ pid: 71, name: '/opt/a, b/python', memory: 4000 * 2 ** 20 }]);
  assert.deepEqual(
    found[5]!.mig.map(({ uuid, profile }) => [uuid, profile]),
    [
      ['MIG-a', '1g.10gb'],
      ['MIG-b', '1g.10gb'],
    ],
  );
  // A driver that does not answer, and none at all.
  writeFileSync(join(folder, 'nvidia-smi'), '#!/bin/sh\necho "NVIDIA-SMI has failed"\nexit 9\n');
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  assert.deepEqual(await listGpus(), []);
  process.env.PATH = '/nonexistent';
  assert.deepEqual(await listGpus(), []);
});
