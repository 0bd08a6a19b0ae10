import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { drawChallenge } from '../support/challenge.ts';
import { withoutNative } from '../support/native.ts';
import { packageDir } from '../support/program.ts';
import { place } from '../support/trained.ts';

test('the challenge from its folders to what is handed in', { skip: withoutNative }, async (t) => {
  const { cwd, facecom } = await place(t);
  const challenge = join(cwd, 'Comys_Hackathon5', 'Comys_Hackathon5');
  await drawChallenge(challenge, 24);
  const inspected = await facecom('data', 'inspect', 'Comys_Hackathon5', '--json');
  assert.equal(inspected.exitCode, 0, inspected.stderr);
  const [found] = inspected.json;
  assert.deepEqual([found.pictures, found.identities, found.conditions.clean], [96, 24, 24]);
  assert.match(found.yaml, /source: competition/);

  const small = [
    ...['data.path=Comys_Hackathon5', 'data.image_size=32', 'train.epochs=2', 'train.batch_size=16'],
    ...['schedule.warmup=0', 'tracking.mlflow=off', 'augment.policy=none', 'evaluate.intervals=100'],
    ...['evaluate.conditions=[noise]', 'evaluate.severities=[1,5]'],
  ].flatMap((value) => ['--set', value]);
  const spec = join(packageDir, 'experiments', 'competition.yaml');
  const run = await facecom('run', spec, ...small, '--json');
  assert.equal(run.exitCode, 0, run.stderr + run.stdout);
  const { metrics } = run.json.at(-1);
  const dir = resolve(cwd, run.json.at(-1).dir);
  for (const name of [
    'gender_accuracy',
    'verification_accuracy',
    'gallery_rank1',
    'challenge_pairs',
    'challenge_gallery',
  ])
    for (const side of ['val', 'test']) assert.ok(metrics[`${side}/${name}`] >= 0, `${side}/${name}`);
  const a = 0.3 * metrics['test/gender_accuracy'];
  assert.ok(
    Math.abs(metrics['test/challenge_pairs'] - a - 0.7 * metrics['test/verification_accuracy']) < 1e-9,
  );
  assert.ok(Math.abs(metrics['test/challenge_gallery'] - a - 0.7 * metrics['test/gallery_rank1']) < 1e-9);
  assert.ok(metrics['test/noise/gallery_rank1'] >= 0 && metrics['test/conditions/combined'] >= 0);
  const evaluation = JSON.parse(await readFile(join(dir, 'artifacts/evaluation.json'), 'utf8'));
  for (const name of ['gender_accuracy', 'verification_accuracy', 'gallery_rank1', 'challenge_gallery']) {
    const [low, high] = evaluation.intervals[name];
    assert.ok(low <= metrics[`test/${name}`] && metrics[`test/${name}`] <= high, name);
  }
  for (const name of ['robustness.png', 'robustness.csv', 'split.csv', 'thresholds.json'])
    assert.ok(existsSync(join(dir, 'artifacts', name)), name);

  // The same scores again, on the pictures that the run tested; then on a folder of its own, flipped, as an ensemble with itself.
  const again = await facecom('evaluate', dir, '--json');
  assert.equal(again.json[0].metrics['test/gallery_rank1'], metrics['test/gallery_rank1']);
  assert.equal(again.json[0].metrics['test/verification_accuracy'], metrics['test/verification_accuracy']);
  assert.deepEqual(again.json[0].thresholds.chosen_on, { gender: 'validation', verification: 'validation' });
  assert.ok(existsSync(join(dir, again.json[0].kept)));
  const foreign = join(challenge, 'Task_B', 'val');
  const flipped = await facecom('evaluate', dir, dir, foreign, '--tta', 'none', '--json');
  assert.equal(flipped.exitCode, 0, flipped.stderr);
  assert.deepEqual([flipped.json[0].data.pictures, flipped.json[0].with.length], [32, 1]);
  assert.ok(flipped.json[0].metrics['test/gallery_rank1'] >= 0);
  const table = await facecom('evaluate', dir, foreign);
  assert.match(
    table.stdout,
    /rank 1[\s\S]*95 % interval over identities[\s\S]*probes in a gallery of 8 identities/,
  );

  const predicted = await facecom(
    'predict',
    dir,
    foreign,
    '--features',
    'f.safetensors',
    '--out',
    'p.csv',
    '--json',
  );
  assert.equal(predicted.exitCode, 0, predicted.stderr);
  assert.ok(predicted.json.at(-1).features.width > 1);
  const bytes = await readFile(join(cwd, 'f.safetensors'));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0))));
  assert.equal(header.features.shape[0], 32);
  assert.equal(JSON.parse(header.__metadata__.names).length, 32);

  const handed = await facecom('hand-in', dir, '--out', 'team', '--json');
  assert.equal(handed.exitCode, 0, handed.stderr);
  const names = await readdir(join(cwd, 'team'));
  for (const name of [
    'README.md',
    'model.safetensors',
    'labels.json',
    'thresholds.json',
    'metrics.json',
    'submission.csv',
    'confusion_gender.json',
    'test.sh',
  ])
    assert.ok(names.includes(name), name);
  const summary = await readFile(join(cwd, 'team', 'README.md'), 'utf8');
  assert.match(summary, /with gallery rank-1 \| 0\.\d{4} \| 0\.\d{3} … /);
  // What was handed in can be evaluated without the run.
  const alone = await facecom('evaluate', join(cwd, 'team', 'run'), foreign, '--json');
  assert.equal(alone.exitCode, 0, alone.stderr);
  assert.equal(
    alone.json[0].metrics['test/gallery_rank1'],
    (await facecom('evaluate', dir, foreign, '--json')).json[0].metrics['test/gallery_rank1'],
  );
  await execa('sh', ['-n', join(cwd, 'team', 'test.sh')]);
});

test('gender alone, and what evaluation refuses', { skip: withoutNative }, async (t) => {
  const { cwd, facecom } = await place(t);
  await drawChallenge(cwd, 12);
  const set = [
    ...['data.source=auto', `data.path=${join(cwd, 'Task_A')}`, 'data.image_size=32', 'train.epochs=1'],
    ...['model.backbone=resnet18', 'tracking.mlflow=off', 'augment.policy=none', 'evaluate.intervals=50'],
    'train.early_stopping.monitor=val/gender_accuracy',
  ].flatMap((value) => ['--set', value]);
  const run = await facecom('run', join(packageDir, 'experiments', 'tiny.yaml'), ...set, '--json');
  assert.equal(run.exitCode, 0, run.stderr + run.stdout);
  const { metrics } = run.json.at(-1);
  const dir = resolve(cwd, run.json.at(-1).dir);
  assert.ok(metrics['test/gender_accuracy'] >= 0);
  assert.equal(metrics['test/identity_top1'], undefined);
  assert.match(await readFile(join(dir, 'artifacts/submission.csv'), 'utf8'), /,(?:Male|Female),,/);
});
