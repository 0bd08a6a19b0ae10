import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FacecomError } from '../../src/base/errors.ts';
import { markProcess } from '../../src/base/process.ts';
import { lockFile, lockHolder, takeLock } from '../../src/orchestrator/lock.ts';
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
    assert.match(error.remedy!, /If that machine is gone, remove .*lock\.json/);
    return true;
  });
  assert.equal(readFileSync(lockFile(folder), 'utf8'), text);
});
