import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { liveness, markProcess } from '../../src/base/process.ts';

test('tells the process that was marked from another with its number, from one that has ended and from other machines', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const mark = markProcess(child.pid!);
  assert.equal(liveness(mark), 'alive');
  assert.equal(liveness(markProcess()), 'alive');
  // The number was given to another process since.
  assert.equal(liveness({ ...mark, process: markProcess().process }), 'ended');
  assert.equal(liveness({ ...mark, host: 'elsewhere.example' }), 'unknown');
  assert.equal(liveness({ pid: mark.pid }), 'unknown');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(liveness(mark), 'ended');
  for (const pid of [0, -1, 1.5, Number.NaN]) assert.equal(liveness({ ...mark, pid }), 'ended');
});

test('a number of another container, or of a container of another boot, tells nothing', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, () => {
  const own = markProcess();
  const [boot, start, space] = own.process!.split(':');
  assert.equal(liveness({ ...own, process: `${boot}:${start}:1${space}` }), 'unknown');
  assert.equal(liveness({ ...own, pid: 2 ** 30, process: `${boot}:${start}:1${space}` }), 'unknown');
  assert.equal(liveness({ ...own, process: `${boot}:1:${space}` }), 'ended');
  // As older versions wrote it.
  assert.equal(liveness({ ...own, process: `${boot}:${start}` }), 'alive');
  assert.equal(liveness({ ...own, process: `${boot}:${start!.slice(0, -1)}` }), 'ended');
});

test('a process that nobody has waited for has ended', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async () => {
  // The shell replaces itself by a program that never waits for the child that it left.
  const inner = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [chunk] = (await once(inner.stdout!, 'data')) as [Buffer];
    const pid = Number(chunk.toString().trim());
    const mark = markProcess(pid);
    for (let i = 0; i < 200 && liveness(mark) !== 'ended'; i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(liveness(markProcess(pid)), 'ended');
  } finally {
    inner.kill('SIGKILL');
  }
});
