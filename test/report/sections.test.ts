import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeRunReport } from '../../src/report/index.ts';
import { open, withoutBrowser } from './support/browser.ts';
import { diagnostics, makeRun, runsFolder, testImages, usualEpochs } from './support/records.ts';

const silent = (line: string) => assert.fail(line);
/** Pixels between the margins of A4. */
const PAPER = 703;
const sections = [
  'Verification',
  'Identities by error',
  'Hardest pairs',
  'Gender mistaken',
  'Conditions',
  'Repeat it',
];

test('a page has the sections that its record has something for', { skip: withoutBrowser }, async (t) => {
  const runs = runsFolder(t);
  const dir = makeRun({
    runs,
    config: { optimizer: { lr: 0.1, rates: { 'backbone.*': 0.1 } } },
    epochs: usualEpochs(4).map((values) => ({ ...values, 'train/alpha': 0.4, 'train/beta': 0.6 })),
    final: { 'test/combined': 0.7 },
    environment: { argv: ['facecom', 'run', "it's.yaml"], cwd: '/a b', git: { commit: 'abc', dirty: false } },
    files: {
      'test_images.csv': testImages(
        Array.from({ length: 40 }, (_, i) => [i % 5 !== 0, i % 8 !== 0] as const),
      ),
      ...(await diagnostics(['0.png', '5.png'])),
      'conditions.json': JSON.stringify({
        clean: { combined: 0.8 },
        rows: [1, 3].map((severity) => ({
          condition: 'fog',
          severity,
          scores: { combined: 0.8 / severity },
        })),
      }),
    },
  });
  const { report } = await writeRunReport(dir, { note: silent });
  for (const { width, ...shown } of [
    { width: 1280 },
    { width: 390, dark: true },
    { width: PAPER, print: true, dark: true },
  ]) {
    const seen = await open(report, {
      ...{ width, ...shown },
      ask: [
        'document.documentElement.scrollWidth',
        "[...document.querySelectorAll('h2')].map((one) => one.textContent).join()",
        "getComputedStyle(document.querySelector('.tile')).backgroundImage.slice(0, 20)",
        // The smallest letters of a chart as they are shown.
        "Math.min(...[...document.querySelectorAll('svg.chart')].map((one) => 11 * one.getBoundingClientRect().width / one.viewBox.baseVal.width))",
        "[...document.querySelectorAll('#identities button.sort')].at(0).focus(), document.activeElement.textContent",
        "document.activeElement.click(), document.querySelector('#identities th').getAttribute('aria-sort')",
        'getComputedStyle(document.body).color',
      ],
    });
    assert.deepEqual(seen.trouble, []);
    const [wide, heads, tile, letters, focused, sorted, ink] = seen.answers;
    assert.equal(wide, width);
    for (const section of sections) assert.ok(String(heads).includes(section), section);
    assert.match(String(tile), /^url\("data:image\/jpe/);
    assert.ok(Number(letters) > 9, `letters of ${letters} pixels at ${width}`);
    assert.deepEqual([focused, sorted], ['identity', 'descending']);
    assert.equal(ink, width === 390 ? 'rgb(230, 233, 237)' : 'rgb(31, 35, 40)', 'dark on screens alone');
    for (const text of ["facecom run 'it'\\''s.yaml'", "cd '/a b'", 'git checkout abc', '0.710', 'mistaken'])
      assert.ok(seen.text.includes(text), text);
  }
});

test('a record without tests has none of these sections', async (t) => {
  const dir = makeRun({ runs: runsFolder(t), epochs: usualEpochs(1) });
  const { report } = await writeRunReport(dir, { note: silent });
  const page = readFileSync(report, 'utf8');
  for (const section of sections.slice(0, -1)) assert.ok(!page.includes(`<h2>${section}`), section);
});

test('what is corrupt, hostile or large is left out or shown as text', async (t) => {
  const runs = runsFolder(t);
  const attack = '<script>alert(1)</script>';
  const lines = Array.from(
    { length: 5000 },
    (_, i) => `${i}.png,Male,Female,0.9,${attack}${i % 1000},${attack}x\u0007,0.5`,
  );
  const [head] = testImages([]).split('\n');
  const hostile = makeRun({
    ...{ runs, trial: 'aaaa00000000', epochs: usualEpochs(1) },
    files: {
      'test_images.csv': [head, ...lines, 'torn,"'].join('\n'),
      ...(await diagnostics([attack, '"onerror="alert(1)'])),
    },
  });
  const { report } = await writeRunReport(hostile, { note: silent });
  const page = readFileSync(report, 'utf8');
  assert.ok(page.length < 3_000_000, `${page.length} bytes`);
  assert.ok(page.includes('1000 identities with a wrong answer'));
  assert.doesNotMatch(page.replace(/<script>\(\(\) => \{[\s\S]*?<\/script>/g, ''), /<script|<img/);
  assert.equal(page.includes('\u0007'), false);
  for (const [file, content] of [
    ['diagnostics.json', '{"verification": {"points": [[1, 2]]}, "sheet": {"file": "../../x", "tile": -1}}'],
    ['test_images.csv', '\u0000\u0001'],
    ['conditions.json', '[]'],
    ['mistakes.jpg', 'no image'],
  ] as const)
    writeFileSync(join(hostile, 'artifacts', file), content);
  await writeRunReport(hostile, { note: silent });
  for (const file of ['config.json', 'events.jsonl', 'state.jsonl', 'environment.json', 'origins.json'])
    writeFileSync(join(hostile, file), '{"torn": ');
  await writeRunReport(hostile, { note: silent });
});
