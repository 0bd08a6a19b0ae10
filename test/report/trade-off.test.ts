import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeManifest } from '../../src/record/index.ts';
import { frontOf } from '../../src/report/charts/front-chart.ts';
import { render } from '../../src/report/charts/render.ts';
import { simplexCharts } from '../../src/report/charts/simplex-charts.ts';
import { place } from '../../src/report/charts/ternary-chart.ts';
import { writeSweepReport } from '../../src/report/index.ts';
import { tradedOff } from '../../src/report/trials/point-metrics.ts';
import { readSweep, thinnedSweep } from '../../src/report/trials/read-sweep.ts';
import { open, withoutBrowser } from './support/browser.ts';
import { makeRun, runsFolder, usualEpochs } from './support/records.ts';

/** Loss weights that add up to one at two learning rates, two seeds each. */
function lossWeights(runs: string): string {
  const trials = [];
  let point = 0;
  for (const lr of [0.01, 0.001])
    for (const alpha of [0, 0.25, 0.5, 0.75, 1]) {
      for (const repeat of [0, 1]) {
        const id = `cccc0000${String(point).padStart(2, '0')}0${repeat}`;
        const axes = { 'loss.alpha': alpha, 'loss.beta': 1 - alpha, 'optimizer.lr': lr };
        trials.push({ id, axes, seed: repeat, point, repeat });
        const gender = 0.5 + 0.4 * alpha + 0.01 * repeat;
        const identity = 0.9 - 0.6 * alpha ** 2 + 0.01 * repeat - lr;
        makeRun({
          ...{ runs, name: 'weights', trial: id, epochs: usualEpochs(3) },
          config: { seed: repeat },
          final: Object.fromEntries(
            ['val', 'test'].flatMap((side) => [
              [`${side}/gender_accuracy`, gender],
              [`${side}/identity_top1`, identity],
              [`${side}/combined`, 0.3 * gender + 0.7 * identity],
            ]),
          ),
        });
      }
      point++;
    }
  const dir = join(runs, 'weights');
  writeManifest(dir, {
    ...{ version: 1, sweep: 'weights', spec: '/s', set: [], cwd: '/', time: 1, repeats: 2, trials },
    objective: { metric: 'val/combined', mode: 'max' },
  });
  return dir;
}

test('a sweep of loss weights answers its question', async (t) => {
  const dir = lossWeights(runsFolder(t));
  const sweep = readSweep(dir);
  const panels = simplexCharts(sweep);
  assert.equal(panels.length, 2);
  const rows = JSON.stringify(panels[0]!.spec);
  for (const name of ['gender accuracy', 'identity top-1', 'combined', 'validation', 'test'])
    assert.ok(rows.includes(name), name);
  const { all, front } = frontOf(sweep.points, tradedOff(sweep)!);
  assert.equal(all.length, 10);
  // At the lower rate every weight trades one task for the other; at the higher one nothing is better, but alpha 1's gender is as good.
  assert.ok(front.every(({ point }) => point.axes['optimizer.lr'] === 0.001));
  assert.equal(front.length, 5);
  const { report } = await writeSweepReport(dir, { note: (line) => assert.fail(line) });
  const page = readFileSync(report, 'utf8');
  const lead = /<p class="lead">([^<]+)</.exec(page)![1]!;
  assert.match(
    lead,
    /^alpha=0\.25 beta=0\.75 lr=0\.001 has the best val\/combined, 0\.\d+: better than the second/,
  );
  // One panel for the two weights, not two that mirror each other.
  assert.ok(page.includes('val/combined against loss.alpha') && !page.includes('against loss.beta'));
  if (withoutBrowser) return t.diagnostic(withoutBrowser);
  const ask = (text: string) => `(() => {
    const field = document.querySelector('input[data-table="results"]');
    field.value = ${JSON.stringify(text)};
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return field.nextElementSibling.textContent;
  })()`;
  const seen = await open(report, {
    ask: [
      ask('0.75 0.01'),
      ask(''),
      `(() => {
        const heads = [...document.querySelectorAll('#results button.sort')];
        heads.find((one) => one.textContent === 'test/gender_accuracy').click();
        return document.querySelector('#results tbody tr').cells[1].textContent;
      })()`,
      "document.querySelectorAll('#results tbody tr').length",
    ],
  });
  assert.deepEqual(seen.trouble, []);
  assert.match(String(seen.answers[0]), /^\d of 10 rows$/);
  assert.deepEqual(seen.answers.slice(1), ['10 of 10 rows', '1', 10]);
});

test('three weights that add up to one are a triangle; of very many points charts show the best and a sample', async () => {
  const point = (a: number, b: number, mean: number) => ({
    axes: { 'w.a': a, 'w.b': b, 'w.c': 1 - a - b },
    trials: [],
    values: [mean],
    result: { mean, n: 1, weak: true },
  });
  const grid = [0, 0.5, 1].flatMap((a) =>
    [0, 0.5, 1].filter((b) => a + b <= 1).map((b) => point(a, b, a + b / 2)),
  );
  const points = grid.sort((x, y) => y.result.mean - x.result.mean);
  const sweep = {
    ...{
      dir: '',
      name: 's',
      axes: ['w.a', 'w.b', 'w.c'],
      points,
      best: undefined,
      trials: [],
      others: [],
      front: [],
      objectives: [],
    },
    objective: { metric: 'val/x', mode: 'max' as const },
  };
  const [panel] = simplexCharts(sweep);
  assert.match((await render(panel!.spec)).svg, /val\/x over a, b, c/);
  assert.deepEqual(
    [place([1, 0, 0], 1), place([0, 2, 0], 2)],
    [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
    ],
  );
  const many = { ...sweep, points: Array.from({ length: 5000 }, (_, i) => point(0, 0, -i)) };
  const thinned = thinnedSweep(many).points;
  assert.deepEqual([thinned.length, new Set(thinned).size], [1000, 1000]);
  assert.deepEqual(thinned.slice(0, 300), many.points.slice(0, 300));
});
