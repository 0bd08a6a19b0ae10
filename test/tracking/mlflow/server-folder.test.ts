import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { serverFolder } from '../../../src/tracking/index.ts';

test('one server shows all folders of runs, unless one has its own or the user has none', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facecom-servers-'));
  const before = process.env.FACECOM_DATA_DIR;
  t.after(() => {
    if (before === undefined) delete process.env.FACECOM_DATA_DIR;
    else process.env.FACECOM_DATA_DIR = before;
    rmSync(folder, { recursive: true, force: true });
  });
  process.env.FACECOM_DATA_DIR = join(folder, 'data');
  const shared = join(folder, 'data', 'mlflow');
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  assert.deepEqual([serverFolder(a), serverFolder(b)], [shared, shared]);
  assert.ok(!existsSync(shared), 'asking makes nothing');

  mkdirSync(join(b, '.mlflow'), { recursive: true });
  assert.equal(serverFolder(b), join(b, '.mlflow'), 'its own');

  mkdirSync(shared, { recursive: true });
  const keeper = { pid: 1, host: 'another-machine' };
  const state = { version: 1, phase: 'ready', keeper, port: 5000, time: Date.now() };
  writeFileSync(join(shared, 'server.json'), JSON.stringify(state));
  writeFileSync(join(shared, 'server.lock'), '');
  assert.equal(serverFolder(a), join(a, '.mlflow'), 'served elsewhere');

  writeFileSync(join(folder, 'file'), '');
  process.env.FACECOM_DATA_DIR = join(folder, 'file', 'data');
  assert.equal(serverFolder(a), join(a, '.mlflow'), 'not writable');
});
