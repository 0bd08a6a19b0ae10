import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionSummary } from '../../../src/trainer/evaluation/conditions.ts';

test('what conditions leave as it was is no loss, to the last digit', () => {
  const clean = { combined: 0.7, gender_accuracy: 0.9, gender_ece: 0.1, identity_top1: 0 };
  const rows = Array.from({ length: 10 }, (_, i) => ({
    condition: 'fog' as const,
    severity: ((i % 5) + 1) as 1,
    scores: { ...clean, gender_accuracy: 0.45 },
  }));
  const found = conditionSummary(rows, clean);
  assert.notEqual(found['conditions/combined'], 0.7, 'the mean of equal scores is a little beside them');
  assert.equal(found['conditions_loss/combined'], 0);
  assert.equal(found['conditions_loss/gender_accuracy']!.toFixed(12), '0.500000000000');
  assert.equal('conditions_loss/identity_top1' in found || 'conditions_loss/gender_ece' in found, false);
});
