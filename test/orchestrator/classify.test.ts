import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { classify, howItEnded } from '../../src/orchestrator/classify.ts';
import { logTail } from '../../src/orchestrator/crash.ts';
import type { Exit } from '../../src/orchestrator/launchers/launcher.ts';
import { classes, type Event } from '../../src/record/index.ts';
import { temporaryFolder } from '../support/program.ts';
import { smallDisk, withoutSmallDisk } from '../support/small-disk.ts';

test('the trainer’s own word comes first, and one that gives no class is code', async (t) => {
  const dir = await temporaryFolder(t);
  writeFileSync(join(dir, 'log.txt'), 'CUDA out of memory\n');
  const head = { type: 'failed', time: 1, code: 'nan', message: 'It broke.' } as const;
  for (const kind of [...classes.told, undefined]) {
    const event: Event = kind === undefined ? head : { ...head, class: kind };
    assert.deepEqual(classify(dir, { code: 1 }, [event]), {
      class: kind ?? 'code',
      message: 'It broke.',
      code: 'nan',
    });
  }
});

test('else the end of the log, then how the process ended', async (t) => {
  const dir = await temporaryFolder(t);
  const cases: [log: string, exit: Exit, kind: string, message: RegExp][] = [
    [
      'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried…',
      { code: 1 },
      'oom',
      /exited with code 1; its log says: torch\.cuda/,
    ],
    ['OOM when allocating tensor with shape[64]', { code: 1 }, 'oom', /OOM when/],
    ['terminate called after throwing std::bad_alloc', { signal: 'SIGABRT' }, 'oom', /ended by SIGABRT/],
    ['FATAL ERROR: JavaScript heap out of memory', { signal: 'SIGABRT' }, 'oom', /heap/],
    ['MemoryError', { code: 1 }, 'oom', /MemoryError/],
    ['OSError: [Errno 28] No space left on device', { code: 1 }, 'infrastructure', /No space/],
    [
      'libcudart.so.12: cannot open shared object file: No such file',
      { code: 127 },
      'infrastructure',
      /libcudart/,
    ],
    ['epoch 3: loss is NaN', { code: 1 }, 'nan', /loss is NaN/],
    ['', { signal: 'SIGKILL' }, 'killed', /ended by SIGKILL.*killed it.*out of memory/],
    ['', { signal: 'SIGTERM' }, 'killed', /ended by SIGTERM/],
    ['', { code: 137 }, 'killed', /exited with code 137/],
    ['', { code: 143 }, 'killed', /exited with code 143/],
    ['', { error: 'spawn EAGAIN' }, 'infrastructure', /did not start: spawn EAGAIN/],
    ['Traceback\nKeyError: lr', { code: 1 }, 'code', /exited with code 1; its last line: KeyError: lr/],
    ['done', { code: 0 }, 'code', /code 0 without a finished event/],
    ['', { signal: 'SIGSEGV' }, 'code', /ended by SIGSEGV/],
  ];
  for (const [log, exit, kind, message] of cases) {
    writeFileSync(join(dir, 'log.txt'), log);
    const failure = classify(dir, exit, []);
    assert.equal(failure.class, kind, log || JSON.stringify(exit));
    assert.match(failure.message, message);
    assert.equal(failure.code, undefined);
  }
});

test('a long log is read from its end only, an absent one is empty', async (t) => {
  const dir = await temporaryFolder(t);
  assert.equal(logTail(dir), '');
  assert.equal(classify(dir, { code: 2 }, []).message, 'The trainer exited with code 2');
  writeFileSync(join(dir, 'log.txt'), `CUDA out of memory\n${'x'.repeat(100_000)}\nKeyError\n`);
  assert.equal(classify(dir, { code: 1 }, []).class, 'code');
  assert.equal(logTail(dir, 9), 'KeyError\n');
  assert.match(howItEnded({}), /failed/);
});

test('a full disk lets nobody say so', { skip: withoutSmallDisk }, async (t) => {
  const dir = await smallDisk(t, '64k');
  assert.throws(() => writeFileSync(join(dir, 'filler'), Buffer.alloc(1 << 20)), { code: 'ENOSPC' });
  const failure = classify(dir, { code: 1 }, []);
  assert.deepEqual(failure, {
    class: 'infrastructure',
    message: 'The trainer exited with code 1: the disk is full.',
  });
});
