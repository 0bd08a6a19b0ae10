import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FacecomError } from '../../src/base/errors.ts';
import { markProcess } from '../../src/base/process.ts';
import { takeLock } from '../../src/orchestrator/index.ts';
import { lockFile, lockHolder } from '../../src/record/index.ts';
import { temporaryFolder } from '../support/program.ts';

const refused = (error: unknown) => error instanceof FacecomError && error.code === 'locked';

test('a lock is held by one, named, and freed', async (t) => {
  const folder = join(await temporaryFolder(t), 'made', 'for it');
  const unlock = await takeLock(folder, { command: 'sweep' });
  assert.equal(lockHolder(folder)?.pid, process.pid);
  await assert.rejects(takeLock(folder, { command: 'sweep' }), refused);
  unlock();
  assert.equal(lockHolder(folder), undefined);
  assert.deepEqual(readdirSync(folder), []);
});

test('a stale lock is taken over, once the guard of its holder has ended', async (t) => {
  const folder = await temporaryFolder(t);
  const gone = spawn('true');
  const mark = { ...markProcess(gone.pid), process: 'another boot:1' };
  await new Promise((resolve) => gone.on('exit', resolve));
  const guard = spawn('sleep', ['0.5']);
  writeFileSync(
    lockFile(folder),
    JSON.stringify({ ...mark, command: 'sweep', time: 1, guard: markProcess(guard.pid) }),
  );
  const ended = new Promise<boolean>((resolve) => guard.on('exit', () => resolve(true)));
  const notes: string[] = [];
  const unlock = await takeLock(folder, { command: 'sweep', note: (line) => notes.push(line) });
  assert.ok(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 100, false))]));
  assert.match(notes.join(), /taking over/);
  unlock();
});

test('the number of a process that is another one by now holds nothing; an empty or torn file neither', async (t) => {
  const folder = await temporaryFolder(t);
  const other = { ...markProcess(), process: 'another boot:1', command: 'sweep', time: 1 };
  for (const text of [JSON.stringify(other), '', '{"pid": 12', '[]', 'null']) {
    writeFileSync(lockFile(folder), text);
    (await takeLock(folder, { command: 'run' }))();
    assert.ok(!existsSync(lockFile(folder)));
  }
});

test('a lock of another machine is refused, and says what to do', async (t) => {
  const folder = await temporaryFolder(t);
  const text = JSON.stringify({ pid: 1, host: 'elsewhere', process: 'x', command: 'sweep', time: 1 });
  writeFileSync(lockFile(folder), text);
  await assert.rejects(takeLock(folder, { command: 'sweep' }), (error: FacecomError) => {
    assert.match(error.found!, /process 1 on elsewhere/);
    assert.match(error.remedy!, /If that machine is gone, its lock is taken over/);
    return true;
  });
  assert.equal(readFileSync(lockFile(folder), 'utf8'), text);
});

test('a lock that lacks or mangles its details is refused in words', async (t) => {
  const folder = await temporaryFolder(t);
  for (const details of [{}, { time: 'x', command: 7 }, { time: 1e300 }]) {
    writeFileSync(lockFile(folder), JSON.stringify({ pid: process.pid, ...details }));
    await assert.rejects(takeLock(folder, { command: 'sweep' }), (error: FacecomError) => {
      assert.ok(refused(error));
      assert.match(error.message, /^Another process is at work/);
      assert.equal(error.found, `process ${process.pid}`);
      return true;
    });
  }
  for (const pid of [-1, 0, 1.5, '1', null]) {
    writeFileSync(lockFile(folder), JSON.stringify({ pid }));
    (await takeLock(folder, { command: 'sweep' }))();
  }
});

test('a lock of a container that is gone is taken over with a note once it has been still for long', async (t) => {
  const folder = await temporaryFolder(t);
  // Same machine name, same number, a space of numbers of its own: as in a container that was replaced.
  const [boot] = markProcess().process!.split(':');
  const mark = { ...markProcess(), process: `${boot}:1:12345`, command: 'sweep', time: 1 };
  writeFileSync(lockFile(folder), JSON.stringify(mark));
  await assert.rejects(takeLock(folder, { command: 'sweep' }), (error: FacecomError) => {
    assert.match(error.found!, /in another container/);
    return refused(error);
  });
  assert.equal(lockHolder(folder)?.pid, process.pid);
  const old = new Date(Date.now() - 90_000);
  utimesSync(lockFile(folder), old, old);
  assert.equal(lockHolder(folder), undefined);
  const notes: string[] = [];
  (await takeLock(folder, { command: 'sweep', note: (line) => notes.push(line), watched: 1 }))();
  assert.match(notes.join(), /in another container has given no sign of life/);
});
