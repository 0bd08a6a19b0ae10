import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRun } from '../../src/record/index.ts';
import { writeRunReport } from '../../src/report/index.ts';
import { html, plain } from '../../src/report/page/html.ts';
import { runPage } from '../../src/report/page/run-page.ts';
import { linkScript } from '../../src/report/page/script.ts';
import { open, withoutBrowser } from './support/browser.ts';
import { confusion, makeRun, runsFolder, usualEpochs } from './support/records.ts';

const silent = (line: string) => assert.fail(line);
const attack = `<script>alert(1)</script><img src=x onerror=alert(2)>"' onload="alert(3)`;

test('text cannot become markup', () => {
  assert.equal(
    html`<b title="${attack}">${attack}</b>${[html`<i>${1}</i>`, false, undefined]}`.text
      .match(/<[a-z]+/g)
      ?.join(),
    '<b,<i',
  );
  assert.equal(plain({ a: [1, '<'] }), '{"a":[1,"<"]}');
});

/** A record in which every text is an attack. */
function hostile(runs: string): string {
  const dir = makeRun({
    runs,
    name: '<img src=x onerror=alert(4)>',
    config: { description: attack, optimizer: { lr: Number.NaN, [attack]: attack }, list: [{ a: attack }] },
    epochs: [{ ...usualEpochs(1)[0], [attack]: Number.POSITIVE_INFINITY, 'train/loss': Number.NaN }],
    failure: { class: 'nan', code: attack, message: attack },
    warnings: [[attack, attack]],
    artifacts: [
      [`../../${attack}`, attack],
      ['javascript:alert(5)', 'x'],
      ['/etc/passwd', 'x'],
      [`artifacts/${attack}`, 'x'],
    ],
    environment: {
      git: { commit: attack, dirty: true, status: [attack], diff: attack },
      cpu: { model: attack },
      gpus: [attack],
      tensorflow: attack,
      facecom: { a: attack },
    },
    confusion: { ...confusion, labels: [attack, '&amp;'], split: attack },
  });
  writeFileSync(
    join(dir, 'artifacts', 'metrics.json'),
    JSON.stringify({ versions: { [attack]: attack }, device: attack, epochs: attack }),
  );
  return dir;
}

test('a hostile record gives a page without foreign markup, links and scripts', async (t) => {
  const { report } = await writeRunReport(hostile(runsFolder(t)), { note: silent });
  const page = readFileSync(report, 'utf8');
  assert.doesNotMatch(
    page.replaceAll(`<script>${linkScript}</script>`, ''),
    /<script|<img|href="(?!data:,|\.\.?\/)/,
  );
  assert.doesNotMatch(page, /href="[^"]*passwd/);
});

test('a run’s page holds what the record says, and a browser shows it without a request', {
  skip: withoutBrowser,
}, async (t) => {
  const runs = runsFolder(t);
  const dir = makeRun({
    runs,
    config: { description: 'A description.', optimizer: { lr: 0.001 } },
    epochs: usualEpochs(5),
    final: { 'val/combined': 0.8, 'test/combined': 0.75, 'test/fog-3/combined': 0.5, other: 3 },
    warnings: [
      ['no-test', 'Twice said.'],
      ['no-test', 'Twice said.'],
    ],
    environment: { git: { commit: 'abc123', dirty: true, status: [' M x'], diff: '+ new line' }, gpus: [] },
    confusion,
  });
  const { report } = await writeRunReport(dir, { note: silent });
  for (const dark of [false, true]) {
    const seen = await open(report, {
      dark,
      ask: [
        'getComputedStyle(document.body).backgroundColor',
        "document.fonts.check('600 14px Inter') && document.querySelectorAll('svg.chart').length",
        "document.querySelector('a[href$=\"training_metrics.svg\"]').getAttribute('href')",
      ],
    });
    assert.deepEqual(seen.trouble, []);
    assert.deepEqual(seen.answers, [
      dark ? 'rgb(15, 18, 22)' : 'rgb(246, 247, 249)',
      8,
      './training_metrics.svg',
    ]);
    for (const text of [
      'made/abcdef012345-1',
      'finished',
      'A description.',
      'best val/combined',
      '0.8000',
      'fog-3',
      'Twice said. (2 times)',
      'abc123',
      'with local changes',
      'optimizer.lr',
    ])
      assert.ok(seen.text.includes(text), text);
  }
  const narrow = await open(report, { width: 400, ask: ['document.documentElement.scrollWidth'] });
  assert.deepEqual(narrow.answers, [400]);
});

test('a browser runs nothing of a hostile record', { skip: withoutBrowser }, async (t) => {
  const { report } = await writeRunReport(hostile(runsFolder(t)), { note: silent });
  const { trouble, answers } = await open(report, {
    ask: [
      "document.querySelectorAll('img, main script, [onerror], [onload]').length",
      "[...document.querySelectorAll('script')].map((one) => one.textContent).join()",
    ],
  });
  assert.deepEqual(trouble, []);
  assert.deepEqual(answers, [0, linkScript]);
});

test('a page is made of any record', async (t) => {
  const runs = runsFolder(t);
  const json = fc.jsonValue({ maxDepth: 3 });
  await fc.assert(
    fc.asyncProperty(json, json, json, json, async (config, environment, origins, metrics) => {
      const dir = makeRun({ runs, epochs: [{ 'val/combined': Number.NaN }] });
      writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
      writeFileSync(join(dir, 'environment.json'), JSON.stringify(environment));
      writeFileSync(join(dir, 'origins.json'), JSON.stringify(origins));
      writeFileSync(join(dir, 'artifacts', 'metrics.json'), JSON.stringify(metrics));
      const page = await runPage(readRun(dir), {});
      assert.match(page, /^<!doctype html>[\s\S]*<\/html>\n$/);
      assert.doesNotMatch(page, /\[object Object\]|>undefined</);
    }),
    { numRuns: 60 },
  );
});

test('an empty folder of a run has a page', async (t) => {
  const dir = makeRun({ runs: runsFolder(t) });
  for (const file of ['config.json', 'environment.json', 'origins.json', 'state.jsonl', 'events.jsonl'])
    writeFileSync(join(dir, file), '{torn');
  assert.match(await runPage(readRun(dir), {}, { link: (path) => `./${path}` }), /No metric was recorded/);
});

test('where a value came from is worded as explain does: a flag as it was given', async (t) => {
  const dir = makeRun({
    runs: runsFolder(t),
    config: { train: { epochs: 3 }, data: { path: 'x', image_size: 64 } },
  });
  writeFileSync(
    join(dir, 'origins.json'),
    JSON.stringify({
      'train.epochs': { kind: 'flag', flag: '--set train.epochs=3' },
      'data.path': { kind: 'environment', variable: 'DATA', file: 'a.yaml', line: 4, column: 9 },
      'data.image_size': { kind: 'retry', class: 'oom', from: 112 },
    }),
  );
  const page = await runPage(readRun(dir), {});
  assert.ok(page.includes('>--set train.epochs=3<'));
  assert.ok(!page.includes('--set --set'));
  assert.ok(page.includes('environment DATA in a.yaml:4:9'));
  assert.ok(page.includes('changed from 112 after a failure (oom)'));
});
