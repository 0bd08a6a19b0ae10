import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  asideName,
  copyAside,
  makeFolder,
  readJson,
  readJsonObject,
  tidyAside,
  writeAside,
  writeAsideAsync,
  writeJson,
} from '../../src/base/files.ts';
import { temporaryFolder } from '../support/program.ts';

test('two writers of one file at once do not meet', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'a');
  assert.notEqual(asideName(file), asideName(file));
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(1000));
  await Promise.all(texts.map((text) => writeAsideAsync(file, text)));
  assert.ok(texts.includes(readFileSync(file, 'utf8')));
  assert.deepEqual(readdirSync(folder), ['a']);
});

test('a write that fails leaves the old file and nothing beside it', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'a');
  writeAside(file, 'old', { mode: 0o640 });
  assert.equal(statSync(file).mode & 0o777, 0o640);
  await assert.rejects(
    writeAsideAsync(file, async (handle) => {
      await handle.write('half');
      throw new Error('broken off');
    }),
    /broken off/,
  );
  await assert.rejects(copyAside(join(folder, 'absent'), file), { code: 'ENOENT' });
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(readdirSync(folder), ['a']);
});

test('JSON comes back; what is absent or no JSON is undefined', async (t) => {
  const file = join(await temporaryFolder(t), 'a.json');
  assert.equal(readJson(file), undefined);
  writeJson(file, { a: [1] });
  assert.equal(readFileSync(file, 'utf8'), '{\n  "a": [\n    1\n  ]\n}\n');
  assert.deepEqual(readJsonObject(file), { a: [1] });
  writeFileSync(file, '[1]');
  assert.deepEqual([readJson(file), readJsonObject(file)], [[1], undefined]);
  writeFileSync(file, '{"a": 1');
  assert.equal(readJson(file), undefined);
});

test('what a killed process left is tidied away once it is old', async (t) => {
  const folder = await temporaryFolder(t);
  const dead = spawnSync('true').pid;
  const names = [`a.${dead}.0123abcd.tmp`, `a.${dead}.tmp`, `b.${process.pid}.0123abcd.tmp`, 'c.tmp', 'd'];
  const old = new Date(Date.now() - 3600_000);
  for (const name of names) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), old, old);
  }
  const young = join(folder, `young.${dead}.0123abcd.tmp`);
  writeFileSync(young, '');
  tidyAside(folder);
  assert.deepEqual(
    readdirSync(folder).sort(),
    [`b.${process.pid}.0123abcd.tmp`, 'c.tmp', 'd', young.slice(folder.length + 1)].sort(),
  );
  tidyAside(join(folder, 'absent'));
  assert.ok(existsSync(young));
});

test('folders are made with those above them; one that is denied is an error, not a wait without end', {
  timeout: 10_000,
}, async (t) => {
  const folder = await temporaryFolder(t);
  makeFolder(join(folder, 'a', 'b', 'c'));
  makeFolder(join(folder, 'a', 'b'));
  assert.ok(existsSync(join(folder, 'a', 'b', 'c')));
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => makeFolder(join(folder, 'file')), { code: 'EEXIST' });
  assert.throws(() => makeFolder(join(folder, 'file', 'below')), { code: 'ENOTDIR' });
  if (process.platform === 'linux')
    assert.throws(() => makeFolder('/proc/facecom/below'), { code: 'ENOENT' });
});
