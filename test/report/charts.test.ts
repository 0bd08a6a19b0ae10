import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import fc from 'fast-check';
import sharp from 'sharp';
import { compile } from 'vega-lite';
import { readRun } from '../../src/record/index.ts';
import { overlayChart } from '../../src/report/charts/overlay-chart.ts';
import { render, toPng } from '../../src/report/charts/render.ts';
import { trainingMetrics } from '../../src/report/charts/training-metrics.ts';
import { writeCharts } from '../../src/report/index.ts';
import { packageDir } from '../support/program.ts';
import { confusion, makeRun, runsFolder, usualEpochs } from './support/records.ts';

const silent = (line: string) => assert.fail(line);

test('a run gets its charts as SVG, PNG and Vega-Lite with the data', async (t) => {
  const dir = makeRun({
    runs: runsFolder(t),
    epochs: usualEpochs(5),
    final: { 'test/combined': 0.75 },
    confusion,
  });
  const { files } = await writeCharts(dir, { note: silent });
  assert.deepEqual(files, [
    'artifacts/training_metrics.svg',
    'artifacts/training_metrics.png',
    'artifacts/training_metrics.json',
    'artifacts/confusion_gender.svg',
    'artifacts/confusion_gender.png',
    'artifacts/confusion_gender.vl.json',
  ]);
  const svg = readFileSync(join(dir, files[0]!), 'utf8');
  for (const text of [
    'made/abcdef012345-1',
    'best val/combined 0.8000 at epoch 5',
    'test/combined 0.7500',
    'learning rate (per step)',
  ])
    assert.ok(svg.includes(`>${text}`) || svg.includes(text), text);
  const { width, height, format } = await sharp(join(dir, files[1]!)).metadata();
  assert.equal(format, 'png');
  assert.ok(width! >= 2000 && height! >= 1000, `${width} × ${height}`);
  const spec = JSON.parse(readFileSync(join(dir, files[2]!), 'utf8'));
  assert.equal(spec.concat.length, 7);
  assert.deepEqual(
    spec.concat[4].data.values.map(({ y }: { y: number }) => Math.round(y * 100)),
    [32, 44, 56, 68, 80],
  );
  assert.doesNotThrow(() => compile(spec));
  assert.match(readFileSync(join(dir, files[3]!), 'utf8'), />80\.0 %</);
  assert.deepEqual(
    readdirSync(join(dir, 'artifacts')).filter((name) => name.includes('.tmp')),
    [],
  );
});

test('PNGs are the same on a machine without fonts', async (t) => {
  const dir = makeRun({ runs: runsFolder(t), epochs: usualEpochs(2), confusion });
  await writeCharts(dir, { note: silent });
  const file = join(dir, 'artifacts', 'confusion_gender.png');
  const here = readFileSync(file);
  rmSync(file);
  const empty = join(dir, 'no-fonts');
  mkdirSync(empty);
  writeFileSync(
    join(empty, 'fonts.conf'),
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>',
  );
  const script = `import { writeCharts } from './src/report/index.ts'; await writeCharts(${JSON.stringify(dir)}, { note: console.error });`;
  const { stderr } = await execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: packageDir,
    env: { FONTCONFIG_PATH: empty, FONTCONFIG_FILE: join(empty, 'fonts.conf') },
  });
  assert.equal(stderr, '');
  assert.ok(readFileSync(file).equals(here));
  // Text is drawn at all: cells without it would have few colours.
  const { data } = await sharp(here)
    .extract({ left: 20, top: 20, width: 300, height: 60 })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.ok(data.filter((value) => value < 80).length > 500);
});

test('nothing to draw is no chart and no note', async (t) => {
  const dir = makeRun({ runs: runsFolder(t) });
  assert.deepEqual((await writeCharts(dir, { note: silent })).files, []);
});

test('what cannot be written is a note, never an error', async (t) => {
  const runs = runsFolder(t);
  const dir = makeRun({ runs, epochs: usualEpochs(1) });
  rmSync(join(dir, 'artifacts'), { recursive: true });
  writeFileSync(join(dir, 'artifacts'), 'a file in its place');
  const notes: string[] = [];
  assert.deepEqual((await writeCharts(dir, { note: (line) => notes.push(line) })).files, []);
  assert.match(notes.join('\n'), /training_metrics\.svg was not written/);
  rmSync(join(dir, 'events.jsonl'));
  mkdirSync(join(dir, 'events.jsonl'));
  assert.deepEqual((await writeCharts(dir, { note: (line) => notes.push(line) })).files, []);
  assert.match(notes.at(-1)!, /The charts were not drawn/);
  chmodSync(runs, 0o755);
});

test('any values, names and numbers of epochs give a chart', async (t) => {
  const runs = runsFolder(t);
  const value = fc.oneof(
    fc.double(),
    fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      -0,
      1e308,
      5e-324,
      -1e308,
    ),
  );
  const name = fc.oneof(
    fc.constantFrom(
      'train/loss',
      'val/combined',
      'val/gender_accuracy',
      'train/lr',
      'a.b[0]',
      "x'y",
      '<script>',
      '∂ 损失',
      '\\',
    ),
    fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text !== '__proto__'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(name, value, { maxKeys: 5 }), { maxLength: 6 }),
      async (epochs) => {
        const spec = trainingMetrics(readRun(makeRun({ runs, epochs })));
        const measured = epochs.some((values) =>
          Object.keys(values).some(
            (key) =>
              !key.startsWith('test/') && !/^val\/(gender_(precision|recall)|identity_macro_f1)$/.test(key),
          ),
        );
        assert.equal(spec !== undefined, measured);
        if (!spec) return;
        const { svg } = await render(spec);
        assert.doesNotMatch(svg, /<script|NaN|Infinity/);
      },
    ),
    { numRuns: 30, endOnFailure: true },
  );
});

test('a thousand epochs, one epoch, and names that are markup', async (t) => {
  const runs = runsFolder(t);
  for (const epochs of [usualEpochs(1000), usualEpochs(1), [{ 'train/loss': Number.NaN }]]) {
    const { svg } = await render(
      trainingMetrics(readRun(makeRun({ runs, name: '<script>alert(1)<&', epochs })))!,
    );
    assert.match(svg, /&lt;script/);
    assert.doesNotMatch(svg, /<script/);
    assert.ok((await toPng(svg)).length > 1000);
  }
});

test('curves over few epochs have no ticks between them', async () => {
  const points = [1, 2, 3].map((x) => ({ x, y: x / 10 }));
  const spec = overlayChart([{ label: 'a', points }], { title: 't', metric: 'val/x', unit: 'epoch' })!;
  const { svg } = await render(spec);
  const labels = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text!);
  assert.ok(labels.includes('2'), labels.join());
  assert.ok(!labels.includes('1.5'), labels.join());
});
