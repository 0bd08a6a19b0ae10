import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CircuitBreaker } from '../../src/orchestrator/breaker.ts';
import { Pause } from '../../src/orchestrator/pause.ts';
import { WorkQueue } from '../../src/orchestrator/queue.ts';
import { temporaryFolder } from '../support/program.ts';

const never = new AbortController().signal;

test('the breaker opens at the same fault in a row, and not for losses that are not finite', () => {
  const fault = (n: number) => ({ class: 'code', message: `exit at /tmp/${n}/x, line ${n}` }) as const;
  const breaker = new CircuitBreaker(3);
  assert.equal(breaker.failed(fault(1)), undefined);
  assert.equal(breaker.failed(fault(2)), undefined);
  breaker.finished();
  assert.equal(breaker.failed(fault(3)), undefined);
  assert.equal(breaker.failed({ class: 'data', message: 'other' }), undefined);
  for (let i = 0; i < 5; i++) assert.equal(breaker.failed({ class: 'nan', message: 'NaN' }), undefined);
  breaker.failed(fault(4));
  breaker.failed(fault(5));
  assert.match(breaker.failed(fault(6))!, /3 trials running failed in the same way \(code\)/);
  const off = new CircuitBreaker(0);
  for (let i = 0; i < 9; i++) assert.equal(off.failed(fault(i)), undefined);
});

test('work that is to be done again waits for its time while the rest continues', async () => {
  const queue = new WorkQueue([1, 2, 3]);
  assert.deepEqual(queue.upcoming(2), [1, 2]);
  assert.deepEqual(await queue.next(never), { item: 1, waited: false });
  queue.again(1, 20);
  assert.equal((await queue.next(never))?.item, 2);
  assert.equal((await queue.next(never))?.item, 3);
  assert.deepEqual(await queue.next(never), { item: 1, waited: true });
  assert.equal(await queue.next(never), undefined);
  queue.again(1, 60_000);
  assert.equal(await queue.next(AbortSignal.timeout(10)), undefined);
});

test('a pause holds trials back for its delay, and ends', async (t) => {
  const pause = new Pause({ folder: await temporaryFolder(t), interval: 1 });
  assert.equal(await pause.passed(), false);
  let over = 0;
  pause.begin('disk', 10, never, () => over++);
  pause.begin('again', 10, never, () => over++);
  assert.equal(pause.reason, 'disk');
  assert.equal(await pause.passed(), true);
  assert.equal(over, 1);
});

test('a queue whose source has nothing yet sleeps until it is poked', async () => {
  let asked = 0;
  const queue = new WorkQueue<string>([], {
    next: () => {
      asked++;
      return 'wait';
    },
  });
  const stop = new AbortController();
  // The clock's fractions must not make the wait longer than a timer holds: it would fire at once, again and again.
  const waiting = Array.from({ length: 60 }, async (_, n) => {
    await new Promise((resolve) => setTimeout(resolve, n));
    return queue.next(stop.signal);
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = asked;
  stop.abort();
  assert.equal(before, waiting.length);
  assert.deepEqual(await Promise.all(waiting), Array(waiting.length).fill(undefined));
});
