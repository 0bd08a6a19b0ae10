import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allRunsView, sweepView } from '../../../src/tracking/mlflow/views.ts';

const objective = { metric: 'val/combined', mode: 'max' } as const;
/** Characters that MLflow keeps of an experiment's tag. */
const LONGEST = 5000;

test('a view of any sweep fits into a tag of an experiment', () => {
  for (const axis of ['a', 'optimizer.weight_decay', 'x'.repeat(400), 'ä[0] '.repeat(9)]) {
    const axes = Array.from({ length: 60 }, (_, i) => `${axis}${i}`);
    const text = sweepView('f'.repeat(32), axes, objective);
    assert.ok(text.length <= LONGEST, `${axis}: ${text.length}`);
  }
  const three = JSON.parse(sweepView('abc', ['loss.alpha', 'loss.beta', 'optimizer.lr'], objective));
  assert.deepEqual(three.compareRunCharts[0].selectedParams, ['loss.alpha', 'loss.beta', 'optimizer.lr']);
});

test('the best scores stand in front, the test after what runs are chosen by', () => {
  for (const text of [allRunsView(), sweepView('abc', ['lr'], objective)]) {
    const { columnOrder, columnWidths, selectedColumns, compareRunSections } = JSON.parse(text);
    const metrics = columnOrder.filter((id: string) => id.startsWith('metrics.'));
    assert.equal(metrics[0], 'metrics.`val_best/combined`');
    assert.ok(
      metrics.indexOf('metrics.`test/combined`') > metrics.indexOf('metrics.`val_best/identity_top1`'),
    );
    for (const id of selectedColumns) assert.ok(columnOrder.includes(id) && columnWidths[id] >= 90, id);
    const names = compareRunSections.map(({ name }: { name: string }) => name);
    assert.ok(names.indexOf('test') > names.indexOf('train'), names.join());
  }
});
