import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { loadFaces } from '../../src/report/charts/font.ts';
import { render, toPng } from '../../src/report/charts/render.ts';
import { robustnessChart } from '../../src/report/charts/robustness-chart.ts';
import { readRobustness } from '../../src/report/robustness.ts';
import { temporaryFolder } from '../support/program.ts';

test('a heat map has each condition and severity, the mean and what is lost', async (t) => {
  const folder = await temporaryFolder(t);
  mkdirSync(join(folder, 'artifacts'));
  const write = (value: unknown) =>
    writeFileSync(join(folder, 'artifacts', 'conditions.json'), JSON.stringify(value));
  assert.equal(readRobustness(folder), undefined);
  for (const bad of [
    [],
    { rows: 3 },
    { rows: [{ condition: 1 }] },
    { rows: [{ condition: 'fog', severity: 1, scores: {} }] },
  ]) {
    write(bad);
    assert.equal(readRobustness(folder), undefined);
  }
  const rows = ['fog', 'low_light'].flatMap((condition) =>
    [1, 3, 5].map((severity) => ({ condition, severity, scores: { combined: 0.9 - 0.1 * severity } })),
  );
  write({ clean: { combined: 1 }, rows: [...rows, { condition: 'rain', severity: 1, scores: {} }] });
  const found = readRobustness(folder)!;
  assert.deepEqual([found.metric, found.clean, found.severities], ['combined', 1, [1, 3, 5]]);
  assert.deepEqual(found.conditions, ['fog', 'low_light', 'rain']);
  const chart = await render(robustnessChart(found, 'x/1-1'));
  const values = (chart.spec as unknown as { data: { values: { text: string; loss: string }[] } }).data
    .values;
  assert.equal(values.length, 8);
  assert.deepEqual(
    values.slice(0, 4).map(({ text, loss }) => `${text} ${loss}`),
    ['0.800 −20 %', '0.600 −40 %', '0.400 −60 %', '0.600 −40 %'],
  );
  const { width, height } = await sharp(await toPng(chart.svg)).metadata();
  assert.ok(width > 300 && height > 150);
});

test('outlines keep their coordinates apart wherever a letter stands', async () => {
  const { regular } = await loadFaces();
  for (let x = -6; x < 0; x += 0.0137)
    for (const part of regular.outline('3', 12, x).match(/[MLQC][^MLQCZ]*/g)!) {
      const numbers = part.slice(1).split(' ').map(Number);
      assert.equal(numbers.length, { M: 2, L: 2, Q: 4, C: 6 }[part[0]!], part);
      assert.ok(numbers.every(Number.isFinite), part);
    }
});
