import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ONEDNN_LIBRARY } from '../../src/install/onednn/check-file.ts';
import { locateTensorFlow } from '../../src/install/tensorflow/locate.ts';
import { chooseBackend } from '../../src/tensor/index.ts';
import { withoutOneDnn } from '../support/onednn.ts';

const other = locateTensorFlow() ? 'tensorflow' : 'wasm';

/** A folder named by FACECOM_ONEDNN_DIR until the test ends. */
function oneDnnIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'facecom-'));
  const before = process.env.FACECOM_ONEDNN_DIR;
  process.env.FACECOM_ONEDNN_DIR = folder;
  t.after(() => {
    if (before === undefined) delete process.env.FACECOM_ONEDNN_DIR;
    else process.env.FACECOM_ONEDNN_DIR = before;
    rmSync(folder, { recursive: true });
  });
  return folder;
}

test('auto: a library that is missing or no library is passed over, and says so', async (t) => {
  const folder = oneDnnIn(t);
  const missing = await chooseBackend({ backend: 'auto', device: 'cpu' });
  assert.deepEqual(missing.backend, other);
  assert.match(missing.note!, /oneDNN is not in/);
  writeFileSync(join(folder, ONEDNN_LIBRARY), 'no library\n'.repeat(100));
  const damaged = await chooseBackend({ backend: 'auto', device: 'cpu' });
  assert.deepEqual(damaged.backend, other);
  assert.match(damaged.note!, /cannot be used\. \(no shared library\)/);
});

test('auto: oneDNN where it can be used, and what a run began with', { skip: withoutOneDnn }, async () => {
  assert.deepEqual(await chooseBackend({ backend: 'auto', device: 'cpu' }), { backend: 'onednn' });
  assert.deepEqual(await chooseBackend({ backend: 'auto', device: 'cpu', began: 'wasm' }), {
    backend: 'wasm',
  });
  const began = await chooseBackend({ backend: 'auto', device: 'cpu', began: 'tensorflow' });
  assert.equal(began.backend, other === 'tensorflow' ? 'tensorflow' : 'onednn');
});

test('a backend that is named is taken, a GPU is for TensorFlow', async () => {
  assert.deepEqual(await chooseBackend({ backend: 'cpu', device: 'auto' }), { backend: 'cpu' });
  assert.equal((await chooseBackend({ backend: 'auto', device: 'gpu:0' })).backend, other);
});
