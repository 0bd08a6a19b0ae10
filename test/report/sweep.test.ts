import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeManifest } from '../../src/record/index.ts';
import { objectiveChart } from '../../src/report/charts/objective-chart.ts';
import { render } from '../../src/report/charts/render.ts';
import { writeSweepReport } from '../../src/report/index.ts';
import { readSweep } from '../../src/report/trials/read-sweep.ts';
import { open, withoutBrowser } from './support/browser.ts';
import { makeRun, runsFolder } from './support/records.ts';

const silent = (line: string) => assert.fail(line);

/** Two learning rates, three seeds each; one trial failed and one was never started. */
function makeSweep(runs: string, { manifest = true } = {}): string {
  const trials = [];
  for (const [point, lr] of [0.01, 0.001].entries())
    for (let repeat = 0; repeat < 3; repeat++) {
      const seed = 42 + repeat;
      const id = `aaaa000000${point}${repeat}`;
      trials.push({ id, axes: { 'optimizer.lr': lr }, seed, point, repeat });
      if (manifest && point === 0 && repeat === 2) continue;
      const failed = point === 0 && repeat === 1;
      makeRun({
        runs,
        name: 'lr',
        trial: id,
        config: { seed, data: { split: { seed } }, optimizer: { lr }, resources: { gpus: repeat } },
        epochs: [{ 'val/combined': 0.5 }],
        ...(failed
          ? { failure: { class: 'oom' as const, code: 'out-of-memory', message: 'The GPU is full.' } }
          : { final: { 'val/combined': 0.7 + 0.1 * point + 0.01 * repeat } }),
      });
    }
  const dir = join(runs, 'lr');
  if (manifest)
    writeManifest(dir, {
      version: 1,
      sweep: 'lr',
      spec: '/s.yaml',
      set: [],
      cwd: '/',
      time: 1,
      objective: { metric: 'val/combined', mode: 'max' },
      repeats: 3,
      trials,
    });
  return dir;
}

test('points gather the seeds, the best first; failed trials do not count', (t) => {
  const { points, axes, trials } = readSweep(makeSweep(runsFolder(t)));
  assert.deepEqual(axes, ['optimizer.lr']);
  assert.deepEqual(
    points.map(({ axes, result }) => [axes['optimizer.lr'], result?.mean.toFixed(3), result?.n]),
    [
      [0.001, '0.810', 3],
      [0.01, '0.700', 1],
    ],
  );
  assert.deepEqual(
    trials.map(({ status }) => status),
    ['finished', 'finished', 'finished', 'finished', 'failed', 'pending'],
  );
});

test('without a manifest the axes are what differs between the configs', (t) => {
  const { points, axes } = readSweep(makeSweep(runsFolder(t), { manifest: false }));
  assert.deepEqual(axes, ['optimizer.lr']);
  assert.deepEqual(
    points.map(({ result }) => result?.n),
    [3, 2],
  );
});

test('a run of another trial, and an attempt that failed before, do not count', (t) => {
  const runs = runsFolder(t);
  const dir = makeSweep(runs);
  makeRun({ runs, name: 'lr', trial: 'ffff00000000', final: { 'val/combined': 0.99 } });
  makeRun({
    runs,
    name: 'lr',
    trial: 'aaaa00000010',
    failure: { class: 'nan', code: 'nan', message: 'x' },
  });
  const { points, others } = readSweep(dir);
  assert.equal(points[0]!.result!.n, 3);
  assert.deepEqual(
    others.map(({ trial }) => trial),
    ['ffff00000000'],
  );
});

test('the page of a sweep shows the table, the failures and the chart', {
  skip: withoutBrowser,
}, async (t) => {
  const { report, charts } = await writeSweepReport(makeSweep(runsFolder(t)), { note: silent });
  assert.deepEqual(
    charts.map((file) => file.split('/').at(-1)),
    ['objective.svg', 'objective.png', 'objective.json'],
  );
  const seen = await open(report, {
    ask: ["document.querySelector('tr.best').innerText", "document.querySelectorAll('svg.chart').length"],
  });
  assert.deepEqual(seen.trouble, []);
  assert.match(String(seen.answers[0]), /^1\s+0\.001\s+0\.8100 ± 0\.0248 best\s+3 of 3/);
  assert.equal(seen.answers[1], 1);
  for (const text of [
    '4 finished',
    '1 failed',
    '1 pending',
    'out-of-memory',
    'The GPU is full.',
    '0.5000 so far',
  ])
    assert.ok(seen.text.includes(text), text);
});

test('a sweep of many axes and scores fits on paper; in a frame its links are text', {
  skip: withoutBrowser,
}, async (t) => {
  const runs = runsFolder(t);
  const scores = ['combined', 'gender_accuracy', 'identity_top1', 'gallery_rank1', 'verification_auc'];
  const paths = ['loss.weights.alpha', 'loss.weights.beta', 'optimizer.weight_decay', 'schedule.warmup'];
  const trials = Array.from({ length: 12 }, (_, i) => {
    const point = i >> 1;
    const axes = Object.fromEntries(paths.map((path, k) => [path, ((point + k) % 6) / 7]));
    const id = `cccc000000${String(i).padStart(2, '0')}`;
    const final = Object.fromEntries(
      ['val', 'test'].flatMap((split) =>
        scores.map((name, k) => [`${split}/${name}`, 0.5 + i / 100 + k / 1000]),
      ),
    );
    makeRun({
      runs,
      name: 'wide',
      trial: id,
      config: { seed: i & 1 },
      epochs: [{ 'val/combined': 0.5 }],
      final,
    });
    return { id, axes, seed: i & 1, point, repeat: i & 1 };
  });
  const dir = join(runs, 'wide');
  const objective = { metric: 'val/combined', mode: 'max' } as const;
  writeManifest(dir, {
    version: 1,
    sweep: 'wide',
    spec: '/s',
    set: [],
    cwd: '/',
    time: 1,
    objective,
    repeats: 2,
    trials,
  });
  const { report } = await writeSweepReport(dir, { note: silent });
  const links = [
    "document.querySelectorAll('#trials a[href]').length",
    "[...document.querySelectorAll('.unlinked')].map((note) => note.hidden).join()",
  ];
  const [paper, alone, framed] = await Promise.all([
    open(report, { width: 703, print: true, ask: ['document.documentElement.scrollWidth'] }),
    open(report, { ask: links }),
    open(report, { framed: true, ask: links }),
  ]);
  assert.deepEqual([paper.trouble, alone.trouble, framed.trouble], [[], [], []]);
  assert.deepEqual(paper.answers, [703]);
  assert.deepEqual(alone.answers, [12, 'true']);
  assert.deepEqual(framed.answers, [0, 'false']);
  assert.match(framed.text, /shown without its folder/);
});

test('any axes give a chart and a page', async (t) => {
  const runs = runsFolder(t);
  const value = fc.oneof(
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.constant('<script>'),
    fc.array(fc.integer(), { maxLength: 3 }),
  );
  const axis = fc.constantFrom('a.b', 'c[0].d', '<script>', "o'clock", 'e');
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.dictionary(axis, value), fc.double()), { minLength: 1, maxLength: 12 }),
      async (made) => {
        const name = `any${round++}`;
        const trials = made.map(([axes, final], point) => {
          const id = `b${point}`;
          makeRun({ runs, name, trial: id, final: { 'val/combined': final } });
          return { id, axes, seed: 1, point: point >> 1, repeat: point & 1 };
        });
        const dir = join(runs, name);
        writeManifest(dir, {
          version: 1,
          sweep: name,
          spec: '/s',
          set: [],
          cwd: '/',
          time: 1,
          objective: { metric: 'val/combined', mode: 'min' },
          repeats: 2,
          trials,
        });
        const spec = objectiveChart(readSweep(dir));
        if (spec) assert.doesNotMatch((await render(spec)).svg, /<script/);
        const { report } = await writeSweepReport(dir, { note: silent });
        // Its own script sorts tables.
        const page = readFileSync(report, 'utf8').replace(/<script>\(\(\) => \{[\s\S]*?<\/script>/g, '');
        assert.doesNotMatch(page, /<script|\[object Object\]/);
      },
    ),
    { numRuns: 10, interruptAfterTimeLimit: 60_000, endOnFailure: true },
  );
});
