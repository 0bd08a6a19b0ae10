import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { tryLock, withLock } from '../../src/base/lock.ts';
import { packageDir, temporaryFolder } from '../support/program.ts';

test('only one at a time holds a lock, and who waits is told for whom', async (t) => {
  const file = join(await temporaryFolder(t), 'a.lock');
  let inside = 0;
  let most = 0;
  const waited: number[] = [];
  const work = () =>
    withLock(file, { onWait: ({ pid }) => waited.push(pid) }, async () => {
      most = Math.max(most, ++inside);
      await sleep(30);
      inside--;
    });
  await Promise.all([work(), work(), work()]);
  assert.equal(most, 1);
  assert.deepEqual([...new Set(waited)], [process.pid]);
  assert.ok(!existsSync(file));
});

test('a lock is given back where the work fails', async (t) => {
  const file = join(await temporaryFolder(t), 'a.lock');
  await assert.rejects(
    withLock(file, {}, async () => {
      throw new Error('no');
    }),
    /no/,
  );
  assert.equal(await withLock(file, {}, async () => 'free'), 'free');
});

test('the lock of a process that was killed is taken over', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'a.lock');
  const lock = pathToFileURL(join(packageDir, 'src/base/lock.ts')).href;
  const script = join(folder, 'hold.mjs');
  writeFileSync(
    script,
    `import { tryLock, withLock } from ${JSON.stringify(lock)};
     await withLock(${JSON.stringify(file)}, {}, async () => process.kill(process.pid, 'SIGKILL'));`,
  );
  const held = spawnSync(process.execPath, ['--import', 'tsx', script], { cwd: packageDir });
  assert.equal(held.signal, 'SIGKILL');
  assert.ok(existsSync(file));
  const both = await Promise.all([1, 2].map((n) => withLock(file, {}, async () => n)));
  assert.deepEqual(both, [1, 2]);
});

test('a lock of another machine without a sign of life is taken over; waiting for one can be interrupted', async (t) => {
  const file = join(await temporaryFolder(t), 'a.lock');
  writeFileSync(file, JSON.stringify({ id: 'x', pid: 1, host: 'elsewhere' }));
  const signal = AbortSignal.timeout(300);
  await assert.rejects(
    withLock(file, { signal }, async () => 1),
    { code: 'interrupted', exitCode: 130 },
  );
  const old = new Date(Date.now() - 3600_000);
  utimesSync(file, old, old);
  assert.equal(await withLock(file, { watched: 1 }, async () => 1), 1);
});

test('a process of this machine holds its lock however old the file seems', async (t) => {
  const file = join(await temporaryFolder(t), 'a.lock');
  const lock = await tryLock(file);
  assert.ok('release' in lock);
  const old = new Date(Date.now() - 3600_000);
  utimesSync(file, old, old);
  const second = await tryLock(file, { watched: 1 });
  assert.ok('holder' in second && second.holder.pid === process.pid);
  lock.release();
  assert.deepEqual(readdirSync(join(file, '..')), []);
});

test('a lock elsewhere that gives a sign of life while it is watched is not taken over', async (t) => {
  const file = join(await temporaryFolder(t), 'a.lock');
  writeFileSync(file, JSON.stringify({ id: 'x', pid: 1, host: 'elsewhere' }));
  const old = new Date(Date.now() - 3600_000);
  utimesSync(file, old, old);
  const timer = setTimeout(() => utimesSync(file, new Date(), new Date()), 100);
  t.after(() => clearTimeout(timer));
  assert.ok('holder' in (await tryLock(file, { watched: 600 })));
});

test('a holder gives signs of life to its own lock alone', async (t) => {
  const file = join(await temporaryFolder(t), 'a.lock');
  const lock = await tryLock(file);
  assert.ok('release' in lock);
  const old = new Date(Date.now() - 3600_000);
  utimesSync(file, old, old);
  // Another's is put in its place.
  const aside = `${file}.away`;
  renameSync(file, aside);
  const other = JSON.stringify({ id: 'x', pid: 1, host: 'elsewhere' });
  writeFileSync(file, other);
  utimesSync(file, old, old);
  await sleep(2300);
  assert.ok(statSync(aside).mtimeMs > old.getTime());
  // File systems keep fractions of a millisecond, which a Date has not.
  assert.ok(Math.abs(statSync(file).mtimeMs - old.getTime()) < 1);
  lock.release();
  assert.equal(readFileSync(file, 'utf8'), other);
  rmSync(aside);
});

test('a file that is no lock, or was left by a killed take-over, holds nobody for ever', async (t) => {
  const file = join(await temporaryFolder(t), 'a.lock');
  writeFileSync(file, 'nothing');
  writeFileSync(`${file}.takeover`, '');
  const old = new Date(Date.now() - 3600_000);
  utimesSync(`${file}.takeover`, old, old);
  assert.equal(await withLock(file, {}, async () => 1), 1);
});
