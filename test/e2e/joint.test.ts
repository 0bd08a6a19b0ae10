import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { readEvents } from '../../src/record/index.ts';
import { type Checkpoint, readCheckpoint } from '../../src/trainer/checkpoint/checkpoint.ts';
import { drawChallenge } from '../support/challenge.ts';
import { withoutNative } from '../support/native.ts';
import { packageDir } from '../support/program.ts';
import { place } from '../support/trained.ts';

const spec = join(packageDir, 'experiments/facecom-joint.yaml');
const weights = join(packageDir, 'test/fixtures/weights/tiny.pth');

/** Values of the checkpoint whose names begin so, by name. */
function valuesOf({ tensors }: Checkpoint, part: string) {
  const found = [...tensors].filter(([name]) => name.startsWith(part));
  assert.ok(found.length > 0, part);
  return Object.fromEntries(found.map(([name, { data }]) => [name, [...data]]));
}

test('facecom-joint.yaml trains in short epochs: a file of weights, ArcFace with triplets, gender, three phases', {
  skip: withoutNative,
}, async (t) => {
  const { cwd, facecom } = await place(t);
  await drawChallenge(join(cwd, 'challenge'), 30);
  const set = [
    ...['data.path=challenge', 'data.image_size=32', 'model.backbone=tiny', `model.weights=${weights}`],
    'train.phases=[{epochs: 1, lr: 0.0003, rates: {backbone: 0.33}}, {epochs: 1, train: [heads], lr: 0.0003}, {epochs: 1, lr: 0.000005}]',
    ...['train.epochs=3', 'train.max_identities=12', 'train.checkpoints.keep=3', 'tracking.mlflow=off'],
    ...['evaluate.intervals=0', 'train.precision=float32'],
  ].flatMap((one) => ['--set', one]);
  const { exitCode, json, stderr, stdout } = await facecom('run', spec, ...set, '--json');
  assert.equal(exitCode, 0, stderr + stdout);
  const { dir: path, metrics } = json.at(-1);
  const dir = resolve(cwd, path);
  const read = (name: string) => readFileSync(join(dir, name), 'utf8');
  assert.match(read('log.txt'), /weights: 15 tensors of tiny/);

  const events = readEvents(dir);
  const epochs = events.flatMap((event) =>
    event.type === 'metric' && event.values['train/lr'] !== undefined ? [event] : [],
  );
  assert.equal(epochs.length, 3);
  // 12 of the identities with 3 or 4 images each are a batch of 8 × 4, and another one.
  const rates = epochs.map(({ values }) => values['train/lr']!);
  assert.ok(rates[0]! <= 0.0003 && rates[1]! <= 0.0003 && rates[2]! <= 0.000005, String(rates));
  for (const { values } of epochs)
    for (const name of [
      'train/gender_loss',
      'train/identity_loss',
      'train/identity_top1',
      'val/gender_accuracy',
    ])
      assert.ok(Number.isFinite(values[name]), name);
  // ArcFace at a scale of 64 with a margin of 0.5 begins far above the logarithm of the classes.
  assert.ok(epochs[0]!.values['train/identity_loss']! > 10);

  const [first, second, third] = await Promise.all(
    [1, 2, 3].map((epoch) => readCheckpoint(join(dir, 'checkpoints', `epoch-000${epoch}.safetensors`))),
  );
  assert.deepEqual(first!.tensors.get('model/identity_head.embedding.weight')?.shape, [64, 512]);
  // The heads learn alone in the second phase, moving averages of the backbone included; everything learns in the third.
  assert.deepEqual(valuesOf(second!, 'model/layer'), valuesOf(first!, 'model/layer'));
  assert.notDeepEqual(valuesOf(second!, 'model/identity_head'), valuesOf(first!, 'model/identity_head'));
  assert.notDeepEqual(valuesOf(third!, 'model/layer'), valuesOf(second!, 'model/layer'));

  const thresholds = JSON.parse(read('artifacts/thresholds.json'));
  assert.deepEqual(thresholds.chosen_on, { gender: 'validation', verification: 'validation' });
  assert.ok(metrics['test/challenge_gallery'] >= 0 && metrics['test/verification_accuracy'] >= 0);
});
