import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRun } from '../../src/record/index.ts';
import { compareSides, writeComparison } from '../../src/report/index.ts';
import { open, withoutBrowser } from './support/browser.ts';
import { diagnostics, makeRun, runsFolder, testImages, usualEpochs } from './support/records.ts';

const COUNT = 80;
const answers = (wrong: (i: number) => boolean) =>
  testImages(Array.from({ length: COUNT }, (_, i) => [!wrong(i), i % 10 !== 0] as const));

interface Side {
  trial: string;
  lr: number;
  seed?: number;
  score: number;
  wrong: (i: number) => boolean;
  data?: string;
}

async function makeSide(runs: string, { trial, lr, seed = 1, score, wrong, data = 'a' }: Side) {
  return makeRun({
    ...{ runs, name: 'pair', trial, environment: { data_hash: data.repeat(64) } },
    config: { seed, optimizer: { lr }, evaluate: { score: { gender: 0.3, identity: 0.7 } } },
    epochs: usualEpochs(4),
    final: {
      ...{ 'val/combined': score, 'test/combined': score, 'test/loss': 1 - score },
      'test/conditions_loss/gender_balanced_accuracy': score / 2,
    },
    files: { 'test_images.csv': answers(wrong), ...(await diagnostics(['1.png', '5.png'])) },
  });
}

test('two runs over the same test images: what differs, by how much, and which answers changed', async (t) => {
  const runs = runsFolder(t);
  const a = await makeSide(runs, {
    trial: 'aaaa00000000',
    lr: 0.1,
    score: 0.6,
    wrong: (i) => (i >> 2) % 2 === 0,
  });
  const b = await makeSide(runs, { trial: 'bbbb00000000', lr: 0.2, score: 0.9, wrong: (i) => i === 5 });
  const sides = [
    { name: 'A', runs: [readRun(a)] },
    { name: 'B', runs: [readRun(b)] },
  ];
  const { config, metrics, versus } = compareSides(sides);
  assert.deepEqual(
    config.map(({ path, values }) => [path, values]),
    [['optimizer.lr', [0.1, 0.2]]],
  );
  assert.deepEqual(
    metrics.map(({ metric, mode }) => [metric, mode]),
    [
      ['test/combined', 'max'],
      ['val/combined', 'max'],
      ['test/loss', 'min'],
      ['test/conditions_loss/gender_balanced_accuracy', 'min'],
    ],
  );
  const [{ tests, changed }] = versus as [(typeof versus)[0]];
  const identity = tests!.find(({ metric }) => metric === 'identity_top1')!;
  // 40 images were wrong and are right, one the other way round.
  assert.deepEqual(identity.mcnemar, { firstAlone: 1, secondAlone: 40, p: identity.mcnemar!.p });
  assert.ok(Math.abs(identity.value - 39 / 80) < 1e-12);
  assert.ok(identity.mcnemar!.p < 1e-9);
  assert.match(identity.text, /^B is better by 0\.487 \[0\.\d+, 0\.\d+\]$/);
  assert.equal(
    tests!.find(({ metric }) => metric === 'gender_accuracy')!.text,
    'no difference shown: B − A = 0.000 [0.000, 0.000]',
  );
  assert.deepEqual(
    [changed.length, changed.filter(({ change }) => change === 'lost').map(({ filename }) => filename)],
    [41, ['5.png']],
  );
  assert.equal(versus[0]!.note, undefined);
  const other = await makeSide(runs, {
    trial: 'cccc00000000',
    lr: 0.1,
    score: 0.6,
    wrong: () => false,
    data: 'b',
  });
  const elsewhere = compareSides([sides[0]!, { name: 'C', runs: [readRun(other)] }]);
  assert.match(elsewhere.versus[0]!.note!, /^Their data sets are not the same/);
  const out = join(runs, 'compare.html');
  await writeComparison(compareSides(sides), sides, { out, note: (line) => assert.fail(line) });
  const page = readFileSync(out, 'utf8');
  for (const text of [
    'B is better by 0.487',
    'optimizer.<wbr>lr',
    'Lost: 1',
    'Won: 40',
    '<svg class="chart"',
  ])
    assert.ok(page.includes(text), text);
  if (withoutBrowser) return t.diagnostic(withoutBrowser);
  // Every column of every table is seen on a phone.
  const hidden = `[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth).length`;
  const seen = await open(out, { width: 390, ask: ['document.documentElement.scrollWidth', hidden] });
  assert.deepEqual([seen.trouble, seen.answers], [[], [390, 0]]);
});

test('seeds are repeats: intervals over them, paired where both have the same', async (t) => {
  const runs = runsFolder(t);
  const side = async (letter: string, base: number) => {
    const found = [];
    for (const seed of [1, 2, 3]) {
      const wrong = (i: number) => i % 4 === 0;
      found.push(
        await makeSide(runs, { trial: `${letter}${seed}`, lr: base, seed, score: base + seed / 1000, wrong }),
      );
    }
    return { name: letter, runs: found.map((dir) => readRun(dir)) };
  };
  const { metrics, config, versus } = compareSides([await side('a', 0.5), await side('b', 0.6)]);
  assert.deepEqual(
    config.map(({ path }) => path),
    ['optimizer.lr'],
  );
  const [difference] = metrics[0]!.differences;
  assert.deepEqual([difference!.method, difference!.seeds], ['paired', [3]]);
  assert.match(difference!.text, /^B is better by 0\.100/);
  assert.equal(metrics[0]!.results[0]!.n, 3);
  assert.equal(versus[0]!.tests![0]!.mcnemar, undefined);
});

test('runs without answers to test images are compared by what they have', (t) => {
  const runs = runsFolder(t);
  const sides = ['aaaa', 'bbbb'].map((trial) => ({ name: trial, runs: [readRun(makeRun({ runs, trial }))] }));
  const { versus, metrics, config } = compareSides(sides);
  assert.deepEqual([versus[0]!.tests, versus[0]!.changed, metrics, config], [undefined, [], [], []]);
});
