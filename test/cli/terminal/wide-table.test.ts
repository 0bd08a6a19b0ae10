import assert from 'node:assert/strict';
import { test } from 'node:test';
import stringWidth from 'string-width';
import { brokenLine, wideTable } from '../../../src/cli/terminal/wide-table.ts';

const columns = [
  { title: '', align: 'right' as const },
  ...['optimizer.lr', '名前', 'val/combined', 'trial'].map((title) => ({ title })),
];
const rows = [
  ['1', '0.001', 'ö', '0.9123 ± 0.0100', '23234e93aa31'],
  ['2', '0.0003', '一二三', '0.9 (0.8 … 1)', '4110666b1eb5'],
];

test('a table that is wider than the terminal is continued below, with its first column and whole cells', () => {
  const whole = wideTable(columns, rows, 200);
  assert.equal(whole.split('\n').length, 3);
  for (const width of [20, 30, 44, 60]) {
    const text = wideTable(columns, rows, width);
    for (const cell of rows.flat()) assert.ok(text.includes(cell), `${cell} at ${width}`);
    for (const line of text.split('\n')) assert.ok(stringWidth(line) <= width, `${width}: ${line}`);
    for (const part of text.split('\n\n')) assert.match(part, /^ *1 .*\n *2 /m);
  }
  // Narrower than a cell beside the first: a block for each row.
  assert.equal(
    wideTable(columns, rows.slice(1), 15),
    '2\n  optimizer.lr\n    0.0003\n  名前  一二三\n  val/combined\n    0.9 (0.8 …\n    1)\n  trial\n    4110666b1eb5',
  );
  assert.equal(wideTable([{ title: 'a' }], [['x']], 1), 'a\nx');
  assert.equal(wideTable([], [], 10), '');
});

test('a long line is broken between its parts only', () => {
  const line = 'epoch 1  step 20  loss 0.1234  val/combined 0.5000  gender 0.7000';
  assert.equal(brokenLine(line, 100), line);
  assert.equal(brokenLine(line, 32), 'epoch 1  step 20  loss 0.1234\n  val/combined 0.5000\n  gender 0.7000');
  assert.equal(
    brokenLine(line, 18),
    'epoch 1  step 20\n  loss 0.1234\n  val/combined\n  0.5000\n  gender 0.7000',
  );
  assert.equal(brokenLine('oneword', 3), 'oneword');
});
