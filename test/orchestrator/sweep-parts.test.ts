import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweepFrame } from '../../src/cli/terminal/sweep-live-view.ts';
import { pointsOf, resultTable } from '../../src/operations/sweep/results.ts';
import { Board } from '../../src/orchestrator/board.ts';
import { CircuitBreaker } from '../../src/orchestrator/breaker.ts';
import { Pause } from '../../src/orchestrator/pause.ts';
import { WorkQueue } from '../../src/orchestrator/queue.ts';
import { resolveConfig } from '../../src/spec/index.ts';
import type { Trial } from '../../src/sweep/index.ts';
import { temporaryFolder } from '../support/program.ts';

const never = new AbortController().signal;
const objective = { metric: 'val/combined', mode: 'max' } as const;
const config = resolveConfig({});

function board(points: number, repeats = 1): Board {
  const trials: Trial[] = [];
  for (let point = 0; point < points; point++)
    for (let repeat = 0; repeat < repeats; repeat++)
      trials.push({
        id: `trial${point}x${repeat}`,
        axes: { 'model.a.rather.long.path': point, 'optimizer.lr': 10 ** -point },
        config,
        seed: repeat,
        point,
        repeat,
      });
  return new Board(trials, objective);
}

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

test('work that is to be done again waits for its time while the rest goes on', async () => {
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

test('repeats are one point: mean and interval, the best first; failures last', () => {
  const rows = board(3, 3);
  for (const row of rows.rows) {
    if (row.trial.point === 2) {
      row.status = 'failed';
      row.failure = { class: 'nan', message: '' };
    } else {
      row.status = 'finished';
      row.value = row.trial.point + row.trial.repeat / 10;
    }
  }
  const points = pointsOf(rows, objective);
  assert.deepEqual(
    points.map(({ rows: [row] }) => row!.trial.point),
    [1, 0, 2],
  );
  assert.ok(Math.abs(points[0]!.mean! - 1.1) < 1e-12);
  assert.ok(Math.abs(points[0]!.half! - (4.303 * 0.1) / Math.sqrt(3)) < 1e-6);
  assert.match(resultTable(points, objective, true), /1\.1000 ± 0\.2484 +3 of 3 +trial1x0/);
  assert.match(resultTable(points, objective, true), /failed \(nan\) +0 of 3/);
  assert.equal(pointsOf(rows, { ...objective, mode: 'min' })[0]!.rows[0]!.trial.point, 0);
});

test('the live table fits every terminal, whatever runs', () => {
  const many = board(60);
  for (const [i, row] of many.rows.entries()) {
    row.status = i < 20 ? 'finished' : i < 50 ? 'running' : 'waiting';
    row.devices = ['gpu:0'];
    row.seconds = 10;
    row.since = performance.now() - 5000;
    row.fraction = 0.5;
    row.value = 0.5;
  }
  const ended = many.rows.slice(0, 20);
  for (const [columns, rows] of [
    [20, 5],
    [40, 10],
    [80, 24],
    [200, 100],
  ] as const) {
    const frame = sweepFrame({ board: many, slots: 30, sweep: 'name' }, ended, undefined, 60, {
      columns,
      rows,
    });
    const lines = frame.split('\n');
    assert.ok(lines.length < rows, `${lines.length} lines in ${rows}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of colours have no width.
    for (const line of lines) assert.ok(line.replace(/\u001b\[\d+m/g, '').length < columns, line);
  }
  assert.match(
    sweepFrame({ board: many, slots: 30, sweep: 'name' }, ended, 'disk', 60, { columns: 80, rows: 24 }),
    /20 finished.*30 running \(10 not shown\).*10 waiting\n.*20 of 60.*\d+ s to go.*paused/,
  );
});
