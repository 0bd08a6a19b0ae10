import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { fileFacts } from '../../src/data/file-facts.ts';
import { temporaryFolder } from '../support/program.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');

test('files that have not changed are not read again, and a change is never missed', async (t) => {
  const folder = await temporaryFolder(t);
  process.env.FACECOM_CACHE_DIR = join(folder, 'cache');
  t.after(() => delete process.env.FACECOM_CACHE_DIR);
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  const old = new Date(Date.now() - 60_000);
  const put = async (file: string, text: string, time?: Date) => {
    await writeFile(file, text);
    if (time) await utimes(file, time, time);
  };
  const hashes = async (keep = true) =>
    (await fileFacts(folder, [a, b], { keep })).map(({ sha256 }) => sha256);
  await put(a, 'one', old);
  await put(b, 'two', old);
  assert.deepEqual(await hashes(), [sha('one'), sha('two')]);
  const [name] = await readdir(join(folder, 'cache', 'data'));
  const index = join(folder, 'cache', 'data', name!);

  // What the index says is believed where its digest is right: it is not the files that are read.
  const body = (await readFile(index, 'utf8')).split('\n')[1]!.replace(sha('one'), sha('believed'));
  await writeFile(index, `${sha(body)}\n${body}`);
  assert.deepEqual(await hashes(), [sha('believed'), sha('two')]);
  assert.deepEqual(await hashes(false), [sha('one'), sha('two')]);
  await writeFile(index, `${sha(body)}\n${body.replace(sha('two'), sha('damage'))}`);
  assert.deepEqual(await hashes(), [sha('one'), sha('two')]);

  // The same size and time, other bytes: the file's change time tells.
  await put(a, 'eno', old);
  assert.deepEqual(await hashes(), [sha('eno'), sha('two')]);

  // Just written: hashed, and not trusted until it is older.
  await put(b, 'new');
  assert.deepEqual(await hashes(), [sha('eno'), sha('new')]);
  assert.ok(!(await readFile(index, 'utf8')).includes(sha('new')));
  await assert.rejects(fileFacts(folder, [join(folder, 'gone')], { keep: true }), { code: 'ENOENT' });
});

test('looks that an earlier reading did not ask for are computed when they are', async (t) => {
  const folder = await temporaryFolder(t);
  process.env.FACECOM_CACHE_DIR = join(folder, 'cache');
  t.after(() => delete process.env.FACECOM_CACHE_DIR);
  const image = join(folder, 'a.png');
  const pixels = Uint8Array.from({ length: 32 * 32 }, (_, i) => (i * 37 * (i % 7)) % 256);
  await sharp(pixels, { raw: { width: 32, height: 32, channels: 1 } })
    .png()
    .toFile(image);
  const old = new Date(Date.now() - 60_000);
  await utimes(image, old, old);
  const look = async (looks: boolean) => (await fileFacts(folder, [image], { keep: true, looks }))[0]!.look;
  assert.equal(await look(false), undefined);
  assert.match((await look(true))!, /^[0-9a-f]{16}$/);
  assert.equal(await look(false), await look(true));
});
