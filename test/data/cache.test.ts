import assert from 'node:assert/strict';
import { open, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { FacecomError } from '../../src/base/errors.ts';
import { openPictures } from '../../src/data/cache.ts';
import type { Collection, DataWarning } from '../../src/data/dataset.ts';
import { temporaryFolder } from '../support/program.ts';

const size = 8;
const length = size * size * 3;

/** A collection of images that counts how many were decoded. */
function collection(count: number, key = 'key'): Collection & { decoded: number } {
  return {
    decoded: 0,
    entries: Array.from({ length: count }, (_, i) => ({
      name: `${i}`,
      gender: 0,
      person: 'p',
      groups: [`${i}`],
    })),
    hash: key,
    pixelKey: key,
    warnings: [],
    concurrency: 3,
    async decode(i) {
      this.decoded++;
      return pictureOf(i);
    },
  };
}

const pictureOf = (i: number) => Uint8Array.from({ length }, (_, k) => (i * 31 + k * 7) % 256);

async function cacheIn(t: TestContext): Promise<string> {
  const folder = await temporaryFolder(t);
  const before = process.env.FACECOM_CACHE_DIR;
  process.env.FACECOM_CACHE_DIR = folder;
  t.after(() => {
    if (before === undefined) delete process.env.FACECOM_CACHE_DIR;
    else process.env.FACECOM_CACHE_DIR = before;
  });
  return folder;
}

async function load(
  source: Collection,
  memoryLimit?: number,
): Promise<{ warnings: DataWarning[]; ok: boolean }> {
  const warnings: DataWarning[] = [];
  const store = await openPictures(
    source,
    size,
    { keep: true, ...(memoryLimit === undefined ? {} : { memoryLimit }) },
    warnings,
  );
  const target = new Uint8Array(length + 5);
  let ok = true;
  for (const i of source.entries.keys()) {
    store.copyPixels(i, target, 5);
    ok &&= Buffer.compare(store.pixels(i), pictureOf(i)) === 0;
    ok &&= Buffer.compare(target.subarray(5), pictureOf(i)) === 0;
  }
  return { warnings, ok };
}

// In one test each, one after another: the cache folder is a setting of the process.
test('images are decoded once', async (t) => {
  const folder = await cacheIn(t);
  const first = collection(40);
  assert.deepEqual(await load(first), { warnings: [], ok: true });
  const second = collection(40);
  assert.deepEqual(await load(second), { warnings: [], ok: true });
  assert.deepEqual([first.decoded, second.decoded], [40, 0]);
  const names = await readdir(join(folder, 'data'));
  assert.deepEqual(names, ['key.pictures']);

  await t.test('a set that memory does not hold is read from the file', async () => {
    const large = collection(40);
    assert.deepEqual(await load(large, 1000), { warnings: [], ok: true });
    assert.equal(large.decoded, 0);
    const fresh = collection(40, 'large');
    assert.deepEqual(await load(fresh, 1000), { warnings: [], ok: true });
  });

  const file = join(folder, 'data', 'key.pictures');
  const whole = await readFile(file);
  const damages: [string, () => Promise<void>][] = [
    ['a byte of an image', async () => flip(file, 16 + 4 * 40 + 3 * length + 11)],
    ['a byte of the checksums', async () => flip(file, 20)],
    ['a byte of the header', async () => flip(file, 4)],
    ['cut short', async () => truncate(file, whole.length - 1)],
    ['empty', async () => truncate(file, 0)],
    ['other content', async () => writeFile(file, Buffer.alloc(whole.length, 7))],
  ];
  for (const [name, damage] of damages)
    await t.test(`damage is found and made good: ${name}`, async () => {
      await damage();
      const again = collection(40);
      const { warnings, ok } = await load(again);
      assert.deepEqual(
        [ok, again.decoded, warnings.map((warning) => warning.code)],
        [true, 40, ['data-cache-damaged']],
      );
      assert.deepEqual(await readFile(file), whole);
    });

  await t.test('damage in a large set is found when the image is read', async () => {
    await flip(file, 16 + 4 * 40 + 3 * length + 11);
    await assert.rejects(load(collection(40), 1000), { code: 'data-cache-damaged' });
    assert.deepEqual(await load(collection(40), 1000), { warnings: [], ok: true });
  });

  await t.test(
    'a set unused for 90 days and what a killed process left are removed, what is written now is not',
    async () => {
      const old = new Date(Date.now() - 100 * 24 * 3600 * 1000);
      const dead = join(folder, 'data', 'x.pictures.99999999.abcd.tmp');
      const alive = join(folder, 'data', `x.pictures.${process.pid}.abcd.tmp`);
      for (const path of [dead, alive]) await writeFile(path, 'half');
      await utimes(dead, old, old);
      await utimes(file, old, old);
      await load(collection(3, 'other'));
      const left = await readdir(join(folder, 'data'));
      assert.ok(!left.includes('key.pictures') && !left.includes('x.pictures.99999999.abcd.tmp'), `${left}`);
      assert.ok(left.includes(`x.pictures.${process.pid}.abcd.tmp`));
    },
  );

  await t.test('a set that is used is kept', async () => {
    const old = new Date(Date.now() - 80 * 24 * 3600 * 1000);
    const other = join(folder, 'data', 'other.pictures');
    await utimes(other, old, old);
    await load(collection(3, 'other'));
    assert.ok(Date.now() - (await stat(other)).mtimeMs < 60_000);
  });

  await t.test('an image that fails leaves nothing behind', async () => {
    const failing = collection(40, 'failing');
    const { decode } = failing;
    failing.decode = function (i) {
      if (i === 20) throw new FacecomError('data-picture-corrupt', 'corrupt', { found: '20' });
      return decode.call(this, i);
    };
    await assert.rejects(load(failing), { code: 'data-picture-corrupt' });
    const left = await readdir(join(folder, 'data'));
    assert.deepEqual(
      left.filter((name) => name.startsWith('failing')),
      [],
    );
  });

  await t.test('stopping leaves nothing behind', async () => {
    const controller = new AbortController();
    const slow = collection(200, 'stopped');
    const opened = openPictures(
      slow,
      size,
      { keep: true, signal: controller.signal, onProgress: () => controller.abort() },
      [],
    );
    await assert.rejects(opened, { name: 'AbortError' });
    assert.ok(slow.decoded < 200);
    const left = await readdir(join(folder, 'data'));
    assert.deepEqual(
      left.filter((name) => name.startsWith('stopped')),
      [],
    );
  });

  await t.test(
    'a cache folder that cannot be made is a warning, or an error where memory does not do',
    async () => {
      const blocked = join(folder, 'blocked');
      await writeFile(blocked, '');
      process.env.FACECOM_CACHE_DIR = blocked;
      const { warnings, ok } = await load(collection(5));
      assert.deepEqual([ok, warnings.map((warning) => warning.code)], [true, ['data-cache-unwritable']]);
      await assert.rejects(load(collection(5), 100), { code: 'data-cache-unwritable' });
    },
  );
});

async function flip(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  byte[0]! ^= 0x40;
  await handle.write(byte, 0, 1, at);
  await handle.close();
}

const child = fileURLToPath(new URL('support/load-child.ts', import.meta.url));

test('processes that write the same set at once all read it whole', async (t) => {
  const folder = await temporaryFolder(t);
  const env = { FACECOM_CACHE_DIR: folder };
  const run = () => execa(process.execPath, ['--import', 'tsx', child], { env });
  const digests = (await Promise.all([run(), run(), run()])).map(({ stdout }) => stdout);
  assert.equal(new Set(digests).size, 1);
  assert.match(digests[0]!, /^[0-9a-f]{64}$/);
  const names = await readdir(join(folder, 'data'));
  assert.equal(names.length, 1);
  assert.equal((await run()).stdout, digests[0]);
});

test('a process killed while it writes leaves no set that is taken for whole', async (t) => {
  const folder = await temporaryFolder(t);
  const env = { FACECOM_CACHE_DIR: folder };
  const victim = execa(process.execPath, ['--import', 'tsx', child], {
    env: { ...env, KILL_AT: '16' },
    reject: false,
  });
  assert.equal((await victim).signal, 'SIGKILL');
  const left = await readdir(join(folder, 'data'));
  assert.deepEqual(left.map((name) => name.replace(/.*\./, '')).sort(), ['lock', 'tmp']);
  const { stdout } = await execa(process.execPath, ['--import', 'tsx', child], { env });
  assert.match(stdout, /^[0-9a-f]{64}$/);
});
