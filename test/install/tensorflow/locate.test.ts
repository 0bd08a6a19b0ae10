import assert from 'node:assert/strict';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  chooseInstall,
  locateTensorFlow,
  MARKER,
  verifyInstall,
  writeMarker,
} from '../../../src/install/tensorflow/locate.ts';
import { temporaryFolder } from '../../support/program.ts';

function install(cache: string, name: string): string {
  const folder = join(cache, 'tensorflow', name);
  mkdirSync(join(folder, 'tensorflow'), { recursive: true });
  writeFileSync(join(folder, 'tensorflow', 'libtensorflow_cc.so.2'), 'library');
  return folder;
}

test('only finished installs are found, the one that was asked for last first; damage is told', async (t) => {
  const cache = await temporaryFolder(t);
  const { FACECOM_CACHE_DIR, FACECOM_TENSORFLOW_DIR } = process.env;
  delete process.env.FACECOM_TENSORFLOW_DIR;
  process.env.FACECOM_CACHE_DIR = cache;
  t.after(() => {
    for (const [name, value] of Object.entries({ FACECOM_CACHE_DIR, FACECOM_TENSORFLOW_DIR })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  assert.equal(locateTensorFlow(), undefined);
  const cpu = install(cache, '2.21.0-cpu');
  assert.equal(locateTensorFlow(), undefined);
  writeFileSync(join(cpu, MARKER), '{"version": "2.2');
  assert.equal(locateTensorFlow(), undefined);
  writeMarker(cpu, { version: '2.21.0', kind: 'cpu' });
  assert.deepEqual(locateTensorFlow(), { dir: join(cpu, 'tensorflow'), version: '2.21.0', kind: 'cpu' });

  const cuda = install(cache, '2.21.0-cuda');
  writeFileSync(join(cuda, MARKER), '{"version": "2.21.0", "kind": "cuda"}');
  chooseInstall(join(cuda, 'tensorflow'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  chooseInstall(join(cpu, 'tensorflow'));
  assert.equal(locateTensorFlow()?.kind, 'cpu');
  await new Promise((resolve) => setTimeout(resolve, 5));
  chooseInstall(join(cuda, 'tensorflow'));
  assert.equal(locateTensorFlow()?.kind, 'cuda');

  assert.equal(verifyInstall(join(cpu, 'tensorflow')), undefined);
  truncateSync(join(cpu, 'tensorflow', 'libtensorflow_cc.so.2'), 3);
  assert.match(verifyInstall(join(cpu, 'tensorflow'))!, /libtensorflow_cc\.so\.2 has 3 bytes/);
});
