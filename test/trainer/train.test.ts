import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEvents } from '../../src/record/index.ts';
import { genderNames } from '../../src/trainer/evaluation/gender.ts';
import { temporaryFolder } from '../support/program.ts';
import { pictures } from './support/pictures.ts';
import { essence, metrics, run } from './support/run.ts';

const names = ['gender_accuracy', 'gender_precision', 'gender_recall', 'gender_f1'].concat([
  'identity_top1',
  'identity_top5',
  'identity_macro_f1',
  'combined',
]);

const losses = ['loss', 'gender_loss', 'identity_loss'];

test('a run learns and leaves a record, checkpoints and artifacts', async (t) => {
  const runDir = await temporaryFolder(t);
  const { result, lines } = await run({ runDir, config: { train: { epochs: 6 } } });
  assert.equal(result.status, 'finished');
  const found = metrics(runDir);
  assert.deepEqual(
    found.map(({ step, epoch }) => [step, epoch]),
    [1, 2, 3, 4, 5, 6, 6].map((epoch) => [epoch * 5, epoch]),
  );
  assert.deepEqual(Object.keys(found[0]!.values), [
    'train/loss',
    'train/gender_loss',
    'train/identity_loss',
    'train/lr',
    ...[...names, ...losses].map((name) => `val/${name}`),
  ]);
  assert.deepEqual(
    Object.keys(found[6]!.values),
    [...names, ...genderNames, ...losses].map((name) => `test/${name}`),
  );
  assert.ok(found[5]!.values['train/loss']! < found[0]!.values['train/loss']! / 1.5);
  assert.ok(result.status === 'finished' && result.metrics['test/combined']! > 0.9);

  const events = readEvents(runDir);
  const kinds = events.flatMap((event) =>
    event.type === 'artifact' && event.kind !== 'image' ? [event.kind] : [],
  );
  assert.deepEqual(kinds, [
    'thresholds',
    'evaluation',
    'split',
    'submission',
    'confusion',
    'confusion',
    'predictions',
    'diagnostics',
    'metrics',
  ]);
  for (const event of events) {
    if (event.type === 'artifact' || event.type === 'checkpoint')
      assert.ok(existsSync(join(runDir, event.path)));
  }
  const submission = readFileSync(join(runDir, 'artifacts/submission.csv'), 'utf8').trim().split('\n');
  assert.equal(submission.length, 13);
  assert.match(submission[1]!, /^test-0\.png,(Male|Female),person-\d,0\.\d{6},0\.\d{6}$/);
  const confusion = JSON.parse(readFileSync(join(runDir, 'artifacts/confusion_gender.json'), 'utf8'));
  assert.equal(
    confusion.matrix.flat().reduce((sum: number, count: number) => sum + count, 0),
    12,
  );
  const summary = JSON.parse(readFileSync(join(runDir, 'artifacts/metrics.json'), 'utf8'));
  assert.deepEqual(summary.metrics, result.status === 'finished' && result.metrics);
  assert.equal(lines.filter((line) => line.startsWith('epoch ')).length, 6);
});

test('the last epoch of a run that keeps no last checkpoint writes none', async (t) => {
  const runDir = await temporaryFolder(t);
  await run({ runDir, config: { train: { epochs: 3, checkpoints: { keep_last: false } } } });
  assert.equal((await essence(runDir, 'last')).state.epoch, 2);
  const seconds = JSON.parse(readFileSync(join(runDir, 'artifacts/metrics.json'), 'utf8')).seconds;
  for (const stage of ['training', 'validation', 'checkpoints', 'test'])
    assert.ok(seconds[stage] >= 0, stage);
});

test('the best epoch by the monitored metric is kept and is the one that is tested', async (t) => {
  const runDir = await temporaryFolder(t);
  // A learning rate that ruins the model after it was good.
  const { result } = await run({
    runDir,
    dataset: pictures({ noise: 160 }),
    config: {
      optimizer: { lr: 0.3 },
      schedule: { name: 'constant' },
      train: { epochs: 12, early_stopping: { enabled: false } },
    },
  });
  assert.ok(result.status === 'finished');
  const scores = metrics(runDir).flatMap(({ values }) => values['val/combined'] ?? []);
  const best = Math.max(...scores);
  assert.ok(scores.indexOf(best) > 0 && scores.at(-1)! < best - 0.1, `good, then ruined: ${scores}`);
  assert.equal(result.metrics['val/combined'], best);
  assert.equal(result.state.best!.epoch, scores.indexOf(best) + 1, 'the earliest of equals');
  const kept = await essence(runDir, 'best');
  assert.equal(kept.state.epoch, result.state.best!.epoch);
  assert.equal((await essence(runDir, 'last')).state.epoch, 12);
  const [first] = readEvents(runDir)
    .filter((event) => event.type === 'checkpoint')
    .slice(-1);
  assert.ok(first?.type === 'checkpoint' && first.score === best);
});

test('early stopping ends a run that does not improve, and only where it is enabled', async (t) => {
  const folder = await temporaryFolder(t);
  const config = { train: { epochs: 12, early_stopping: { patience: 2 } } };
  const dataset = pictures({ noise: 0, train: 80 });
  const { result } = await run({ runDir: folder, config, dataset });
  assert.equal(result.state.ended, 'early stopping');
  const { epoch } = result.state.best!;
  assert.equal(result.state.epoch, epoch + 2);
  const off = { train: { epochs: 12, early_stopping: { patience: 2, enabled: false } } };
  const other = await run({ runDir: await temporaryFolder(t), config: off, dataset });
  assert.equal(other.result.state.ended, 'epochs');
  assert.equal(other.result.state.epoch, 12);
});

test('a monitored loss is minimised', async (t) => {
  const config = { train: { epochs: 4, early_stopping: { monitor: 'train/loss', mode: 'min' } } };
  const { result } = await run({ runDir: await temporaryFolder(t), config });
  assert.equal(result.state.best!.epoch, 4);
});

test('the schedule sets the rate of every step, and steps count from 1', async (t) => {
  const config = { schedule: { name: 'cosine', warmup: 1, min_lr: 0 }, train: { epochs: 3 } };
  const { learner } = await run({ runDir: await temporaryFolder(t), config });
  assert.deepEqual(
    learner.steps,
    Array.from({ length: 15 }, (_, i) => i + 1),
  );
  assert.ok(Math.abs(learner.rates[0]! - 0.01) < 1e-9);
  assert.equal(learner.rates[4], 0.05);
  assert.equal(learner.rates[14], 0);
});

test('images without a label count in no loss and no metric', async (t) => {
  const runDir = await temporaryFolder(t);
  const dataset = pictures({ train: 64, validation: 40, unlabelled: { gender: 1, identity: 0.5 } });
  const { result } = await run({ runDir, dataset });
  assert.ok(result.status === 'finished');
  const [first] = metrics(runDir);
  assert.equal('train/gender_loss' in first!.values, false);
  assert.equal('val/gender_accuracy' in first!.values, false);
  assert.equal(first!.values['val/combined'], first!.values['val/identity_top1']);
  assert.ok(first!.values['train/identity_loss']! > 0);
});

test('without validation images the last epoch is the best, and this is reported', async (t) => {
  const runDir = await temporaryFolder(t);
  const { result } = await run({ runDir, dataset: pictures({ validation: 0 }) });
  assert.ok(result.status === 'finished');
  assert.equal(result.state.best!.epoch, 5);
  assert.deepEqual(
    Object.keys(result.metrics).filter((name) => name.startsWith('val/')),
    [],
  );
  assert.ok(readEvents(runDir).some((event) => event.type === 'warning' && event.code === 'no-validation'));
});

test('without test images a run finishes without a test score, and this is reported', async (t) => {
  const runDir = await temporaryFolder(t);
  const { result } = await run({ runDir, dataset: pictures({ test: 0 }) });
  assert.ok(result.status === 'finished');
  assert.equal(existsSync(join(runDir, 'artifacts/submission.csv')), false);
  assert.ok(existsSync(join(runDir, 'artifacts/metrics.json')));
  assert.ok(readEvents(runDir).some((event) => event.type === 'warning' && event.code === 'no-test'));
});

test('a metric that is never measured cannot be monitored', async (t) => {
  const config = { train: { early_stopping: { monitor: 'val/identity_top1' } } };
  await assert.rejects(
    run({
      runDir: await temporaryFolder(t),
      config,
      dataset: pictures({ unlabelled: { identity: 1 } }),
    }),
    (error: Error & { expected?: string }) => {
      assert.equal((error as { code?: string }).code, 'monitor');
      assert.match(error.expected!, /val\/combined/);
      return true;
    },
  );
  const dataset = pictures({ unlabelled: { gender: 1 } });
  await assert.rejects(
    run({
      runDir: await temporaryFolder(t),
      dataset,
      config: { train: { early_stopping: { monitor: 'val/gender_f1' } } },
    }),
    { code: 'monitor' },
  );
});

test('a loss that is not finite ends the run, naming the step and the loss', async (t) => {
  const config = { optimizer: { lr: 1e39 }, schedule: { name: 'constant' } };
  await assert.rejects(
    run({ runDir: await temporaryFolder(t), config }),
    (error: Error & { place?: object }) => {
      assert.equal((error as { code?: string }).code, 'nan');
      assert.match(error.message, /^The (gender |identity )?loss is (NaN|Infinity) at step \d+\.$/);
      assert.match(JSON.stringify(error.place), /"step":\d/);
      return true;
    },
  );
});
