import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '../../../src/base/random.ts';
import type { Subset } from '../../../src/data/index.ts';
import { readDiagnostics, readTestImages } from '../../../src/record/index.ts';
import { diagnosticsOf } from '../../../src/trainer/evaluation/diagnostics.ts';
import { chooseImages, imageSheet } from '../../../src/trainer/evaluation/image-sheet.ts';
import { normalised } from '../../../src/trainer/evaluation/matching/embeddings.ts';
import type { Outcomes } from '../../../src/trainer/evaluation/metrics.ts';
import { answersOf, testImages } from '../../../src/trainer/evaluation/test-images.ts';

const SIZE = 60;
const CLASSES = 6;
const SIDE = 8;
const WIDTH = 5;
const classes = Array.from({ length: CLASSES }, (_, i) => `id "${i}", x`);

/** Images of six identities whose answers and features are random; one image of an identity that nobody knows. */
function make(): { subset: Subset; outcomes: Outcomes } {
  const random = new Random(5, 'diagnostics');
  const identity = Int32Array.from({ length: SIZE }, (_, i) => (i === 7 ? -1 : i % CLASSES));
  const gender = Int8Array.from({ length: SIZE }, (_, i) => (i % 3 === 0 ? -1 : i % 2));
  const features = Float32Array.from({ length: SIZE * WIDTH }, (_, k) => {
    const own = Math.floor(k / WIDTH) % CLASSES;
    return random.normal(own === k % WIDTH ? 1 : 0, 0.7);
  });
  const subset = {
    size: SIZE,
    names: Array.from({ length: SIZE }, (_, i) => `${i}.png`),
    gender,
    identity,
    people: identity,
    pixels: (i: number) => new Uint8Array(SIDE * SIDE * 3).fill(4 * i),
  } as unknown as Subset;
  const outcomes: Outcomes = {
    gender,
    genderLogits: Float32Array.from({ length: SIZE }, () => random.normal(0, 2)),
    identity,
    identityLogits: Float32Array.from({ length: SIZE * CLASSES }, (_, k) =>
      random.normal(k % CLASSES === Math.floor(k / CLASSES) % CLASSES ? 1 : 0, 1),
    ),
    identities: CLASSES,
    embeddings: normalised(features, WIDTH),
  };
  return { subset, outcomes };
}

const options = {
  pairs: { pairs: 'all' as const, pairs_per_identity: 10, hard: 0, seed: 0 },
  thresholds: { gender: 0.5, verification: 0.3 },
  chosenHere: ['gender'],
};

test('the curves of the test images are counts of pairs and images', () => {
  const { subset, outcomes } = make();
  const answers = answersOf(subset, outcomes, classes);
  const { verification, gender, calibration } = diagnosticsOf(subset, outcomes, answers, options);
  assert.deepEqual([verification!.chosen_on, gender!.chosen_on], ['validation', 'test']);
  const { values } = outcomes.embeddings!;
  const cosine = (a: number, b: number) =>
    Array.from({ length: WIDTH }, (_, k) => values[a * WIDTH + k]! * values[b * WIDTH + k]!).reduce(
      (x, y) => x + y,
    );
  const pairs: { same: boolean; score: number }[] = [];
  for (let b = 0; b < SIZE; b++)
    for (let a = 0; a < b; a++)
      if (subset.identity[a]! >= 0 && subset.identity[b]! >= 0)
        pairs.push({ same: subset.identity[a] === subset.identity[b], score: cosine(a, b) });
  const [same, others] = [pairs.filter((pair) => pair.same), pairs.filter((pair) => !pair.same)];
  assert.deepEqual([verification!.positives, verification!.negatives], [same.length, others.length]);
  for (const [threshold, accepts, found] of verification!.points) {
    const share = (list: typeof pairs) =>
      list.filter(({ score }) => score >= threshold - 1e-6).length / list.length;
    assert.ok(Math.abs(share(others) - accepts) < 0.005 && Math.abs(share(same) - found) < 0.005);
  }
  const { hardest } = verification!;
  assert.deepEqual([hardest.length, hardest.filter((pair) => pair.same).length], [24, 12]);
  const most = others.reduce((high, { score }) => Math.max(high, score), -1);
  const least = same.reduce((low, { score }) => Math.min(low, score), 1);
  assert.ok(Math.abs(hardest[0]!.cosine - most) < 1e-5 && Math.abs(hardest[12]!.cosine - least) < 1e-5);
  for (const task of ['gender', 'identity'] as const) {
    const known = answers.filter((answer) => answer[`${task}Right`] !== undefined);
    const bins = calibration[task]!;
    const sum = (of: (bin: (typeof bins)[0]) => number) => bins.reduce((all, bin) => all + of(bin), 0);
    assert.equal(
      sum(({ count }) => count),
      known.length,
    );
    const right = known.filter((answer) => answer[`${task}Right`]).length;
    assert.ok(Math.abs(sum(({ count, accuracy }) => count * accuracy) - right) < 1e-3);
    for (const { low, high, confidence } of bins)
      assert.ok(confidence >= low - 1e-6 && confidence <= high + 1e-6);
  }
});

test('what is written is read back, and the sheet holds the images that were mistaken', async (t) => {
  const { subset, outcomes } = make();
  const answers = answersOf(subset, outcomes, classes);
  const found = diagnosticsOf(subset, outcomes, answers, options);
  const sheet = (await imageSheet(subset, answers, found.verification!.hardest))!;
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(sheet.bytes).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, sheet.tile, new Set(sheet.names).size], [1024, 64, sheet.names.length]);
  for (const [i, name] of sheet.names.entries()) {
    const [x, y] = [(i % sheet.columns) * 64 + 32, Math.floor(i / sheet.columns) * 64 + 32];
    const grey = 4 * Number.parseInt(name, 10);
    assert.ok(Math.abs(data[(y * info.width + x) * info.channels]! - grey) < 6, name);
  }
  for (const answer of answers)
    if (answer.genderRight === false || answer.identityRight === false)
      assert.ok(sheet.names.includes(answer.name), answer.name);
  const dir = mkdtempSync(join(tmpdir(), 'facecom-diagnostics-'));
  t.after(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, 'artifacts'));
  writeFileSync(join(dir, 'artifacts', 'test_images.csv'), testImages(answers));
  const { tile, columns, names } = sheet;
  const written = { ...found, sheet: { file: 'mistakes.jpg', tile, columns, names } };
  writeFileSync(join(dir, 'artifacts', 'diagnostics.json'), JSON.stringify(written));
  const read = readTestImages(dir)!;
  assert.deepEqual(
    read.map(({ filename, identity, genderRight, identityRight }) => [
      filename,
      identity,
      genderRight,
      identityRight,
    ]),
    answers.map(({ name, identity, genderRight, identityRight }) => [
      name,
      identity,
      genderRight,
      identityRight,
    ]),
  );
  const { version: _, split: __, ...expected } = written;
  assert.deepEqual(readDiagnostics(dir), JSON.parse(JSON.stringify(expected)));
});

test('of many mistakes those of the identities with the most errors are chosen first', () => {
  const answers = Array.from({ length: 2000 }, (_, i) => ({
    name: `${i}`,
    gender: -1,
    predictedGender: 0 as const,
    female: 0.5,
    identity: `p${i % 300}`,
    predictedIdentity: 'other',
    certainty: i / 2000,
    genderRight: undefined,
    identityRight: i % 300 < 10 && i > 300,
  }));
  const chosen = chooseImages(answers, [{ left: 'a', right: 'b', same: true, cosine: 0 }]);
  assert.deepEqual([chosen.length, chosen.slice(0, 2)], [256, ['a', 'b']]);
  assert.ok(chosen.slice(2).every((name) => Number(name) % 300 >= 10));
});

test('without labels and features nothing is drawn', () => {
  const { subset, outcomes } = make();
  const none = Int32Array.from({ length: SIZE }, () => -1);
  const empty = { ...outcomes, gender: none, identity: none };
  delete empty.embeddings;
  const answers = answersOf(subset, empty, classes);
  assert.deepEqual(diagnosticsOf(subset, empty, answers, options), {
    version: 1,
    split: 'test',
    calibration: {},
  });
});
