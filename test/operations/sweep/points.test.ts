import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultTable } from '../../../src/cli/terminal/sweep-results.ts';
import { pointsOf } from '../../../src/operations/index.ts';
import { board, objective } from '../../support/board.ts';

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
    points.map(({ trials: [trial] }) => trial!.row.trial.point),
    [1, 0, 2],
  );
  assert.ok(Math.abs(points[0]!.result!.mean - 1.1) < 1e-12);
  assert.ok(Math.abs(points[0]!.result!.half! - (4.30265273 * 0.1) / Math.sqrt(3)) < 1e-8);
  assert.match(resultTable(points, objective, true), /1\.1000 ± 0\.2484 +3 of 3 +trial1x0/);
  assert.match(resultTable(points, objective, true), /failed \(nan\) +0 of 3/);
  assert.equal(pointsOf(rows, { ...objective, mode: 'min' })[0]!.trials[0]!.row.trial.point, 0);
});
