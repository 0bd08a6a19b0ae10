import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreTable } from '../../../src/cli/terminal/score-table.ts';

test('metrics of other names stand below one another, whatever is in a name', () => {
  const lines = scoreTable({ 'val/combined': 0.5, score: 0.25, 'bell\u0007': 1, 'my/loss': 2 }).split('\n');
  assert.deepEqual(lines.slice(2), ['score    0.2500', 'bell     1.0000', 'my/loss  2.0000']);
});
