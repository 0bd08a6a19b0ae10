import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweepFrame } from '../../../src/cli/terminal/sweep-live-view.ts';
import { board } from '../../support/board.ts';

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
    /20 finished.*30 running \(10 not shown\).*10 waiting\n.*20 of 60.*\d+ s remaining.*paused/,
  );
});

test('the live table counts what a search is yet to propose, and none where its time ends it', () => {
  const frame = (planned: number) => {
    const some = board(4, 1, planned);
    for (const [i, row] of some.rows.entries()) {
      row.status = (['finished', 'pruned', 'failed', 'running'] as const)[i]!;
      row.seconds = 10;
    }
    return sweepFrame({ board: some, slots: 1, sweep: 'name' }, [], undefined, 60, {
      columns: 120,
      rows: 24,
    });
  };
  assert.match(
    frame(14),
    /1 finished.*1 failed.*1 stopped early.*1 running.*\n.* 3 of 14 {2}1 min 50 s remaining/,
  );
  assert.match(frame(Infinity), /\n3 trials {2}1 min 00 s$/);
});
