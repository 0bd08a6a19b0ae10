import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ImportanceAxis, importances } from '../../src/report/trials/importance.ts';
import optuna from '../fixtures/statistics/importance.json' with { type: 'json' };

test('the importance of axes is what Optuna’s PED-ANOVA finds, also of axes that some trials alone have', () => {
  for (const { axes, losses, importances: expected } of optuna.cases) {
    const given = axes.map(({ domain, values }) => ({
      domain,
      values: values.map((value) => value ?? undefined),
    })) as ImportanceAxis[];
    for (const [i, found] of importances(given, losses).entries())
      assert.ok(Math.abs(found - expected[i]!) < 1e-6, `${losses.length}: ${found}, Optuna ${expected[i]}`);
  }
});

test('of one trial, or of axes with one value, nothing is important', () => {
  const axis = { domain: { kind: 'choice', size: 1 }, values: [0, 0, 0] } as const;
  assert.deepEqual(importances([axis], [1, 2, 3]), [0]);
  assert.deepEqual(importances([{ domain: { kind: 'choice', size: 2 }, values: [1] }], [1]), [0]);
});
