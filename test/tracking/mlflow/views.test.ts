import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allRunsView, sweepView } from '../../../src/tracking/mlflow/views.ts';

const objective = { metric: 'val/combined', mode: 'max' } as const;
const shown = (axes: string[], more: object = {}) =>
  sweepView({ filter: "tags.`mlflow.parentRunId` = 'f'", axes, objective, own: true, scores: [], ...more });
/** Characters that MLflow keeps of an experiment's tag. */
const LONGEST = 5000;

test('a view of any sweep fits into a tag of an experiment', () => {
  for (const axis of ['a', 'optimizer.weight_decay', 'x'.repeat(400), 'ä[0] '.repeat(9)]) {
    const axes = Array.from({ length: 60 }, (_, i) => `${axis}${i}`);
    const text = shown(axes, { filter: 'f'.repeat(150) });
    assert.ok(text.length <= LONGEST, `${axis}: ${text.length}`);
  }
  const three = JSON.parse(shown(['loss.alpha', 'loss.beta', 'optimizer.lr']));
  assert.deepEqual(three.compareRunCharts[0].selectedParams, ['loss.alpha', 'loss.beta', 'optimizer.lr']);
});

test('the best scores stand in front, the test after what runs are chosen by', () => {
  for (const text of [allRunsView(), shown(['lr'])]) {
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

test('of a trainer of another make only what it has told is shown, over steps', () => {
  const scores = ['score', 'val/combined', ...Array.from({ length: 40 }, (_, i) => `${'ä'.repeat(50)}${i}`)];
  const text = shown(
    Array.from({ length: 60 }, (_, i) => `axis${i}`),
    { own: false, scores, objective: { metric: 'my %', mode: 'min' } },
  );
  assert.ok(text.length <= LONGEST, String(text.length));
  const { compareRunSections, compareRunCharts, columnOrder, orderByKey, globalLineChartConfig } =
    JSON.parse(text);
  assert.deepEqual(
    compareRunSections.map(({ name }: { name: string }) => name),
    ['Sweep', 'val_best'],
  );
  assert.equal(compareRunCharts.length, 1, 'no scatter plot of what is not known');
  assert.match(orderByKey, /^metrics\.`final\/my _-[0-9a-f]{8}`$/);
  assert.ok(
    columnOrder.includes('metrics.`final/score`') && columnOrder.includes('metrics.`val_best/combined`'),
  );
  assert.equal(columnOrder.includes('metrics.`test/combined`'), false);
  assert.equal(globalLineChartConfig.xAxisKey, 'step');
  const all = JSON.parse(allRunsView({ own: false }));
  assert.deepEqual([all.compareRunSections, all.globalLineChartConfig.xAxisKey], [undefined, 'step']);
});
