// `resume RUN --set train.epochs=…`: the longer run equals one that had been given the number from the start.
import assert from 'node:assert/strict';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readEvents, readOrigins, scanRuns } from '../../src/record/index.ts';
import { readSafetensors } from '../../src/trainer/checkpoint/safetensors.ts';
import { withoutNative } from '../support/native.ts';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';

const runsOf = (cwd: string, folder: string, name: string) => [...scanRuns(join(cwd, folder, name))];

/** Everything that was measured, but for the speed and the scores at an end. */
const measured = (dir: string) =>
  readEvents(dir).flatMap((event) => {
    if (event.type !== 'metric') return [];
    const { 'train/images_per_second': _, 'train/waiting_for_data': _waiting, ...values } = event.values;
    return [{ step: event.step, epoch: event.epoch, values }];
  });

async function external(t: TestContext) {
  const cwd = await temporaryFolder(t);
  cpSync(join(packageDir, 'experiments', 'external', 'train.py'), join(cwd, 'train.py'));
  writeFileSync(
    join(cwd, 'exp.yaml'),
    'name: exp\ntrainer: {command: [python3, train.py]}\ntrain: {epochs: 2, batch_size: 16}\ntracking: {mlflow: off}\n',
  );
  return cwd;
}

test('a finished run trains longer as a run of its own, which is kept, recorded and equal to one from the start', async (t) => {
  const cwd = await external(t);
  const first = await facecom(['run', 'exp.yaml', '--json'], { cwd });
  assert.equal(first.exitCode, 0, first.stderr);
  const [short] = runsOf(cwd, 'runs', 'exp');
  const longer = await facecom(['resume', 'last', '--set', 'train.epochs=4', '--json'], { cwd });
  assert.equal(longer.exitCode, 0, longer.stderr);
  const whole = await facecom(['run', 'exp.yaml', '--set', 'train.epochs=4', '--runs', 'whole', '--json'], {
    cwd,
  });
  const [long] = runsOf(cwd, 'runs', 'exp').filter(({ trial }) => trial !== short!.trial);
  const [straight] = runsOf(cwd, 'whole', 'exp');
  assert.equal(long!.trial, straight!.trial);
  assert.deepEqual(longer.json.at(-1).metrics, whole.json.at(-1).metrics);
  assert.deepEqual(measured(long!.dir), measured(straight!.dir));
  assert.equal(readEvents(long!.dir).filter(({ type }) => type === 'finished').length, 1);
  assert.deepEqual(readOrigins(long!.dir)['train.epochs'], { kind: 'flag', flag: '--set train.epochs=4' });
  assert.match(
    readOrigins(long!.dir)['train.batch_size']
      ? JSON.stringify(readOrigins(long!.dir)['train.batch_size'])
      : '',
    /exp\.yaml/,
  );
  const shown = await facecom(['report', long!.dir, '--json'], { cwd });
  assert.equal(shown.exitCode, 0, shown.stderr);
  // The shorter one stays, and what is there already is not trained twice.
  assert.deepEqual(
    runsOf(cwd, 'runs', 'exp').find(({ trial }) => trial === short!.trial),
    short,
  );
  const again = await facecom(['resume', short!.dir, '--set', 'train.epochs=4', '--json'], { cwd });
  assert.equal(again.exitCode, 0, again.stderr);
  assert.equal(again.json.at(-1).run, longer.json.at(-1).run);
  assert.equal(runsOf(cwd, 'runs', 'exp').length, 2);
});

test('a key that would have changed what was trained is refused; one that decides nothing is taken', async (t) => {
  const cwd = await external(t);
  await facecom(['run', 'exp.yaml', '--quiet'], { cwd });
  for (const [flags, found] of [
    [['optimizer.lr=0.5'], /found: {4}optimizer\.lr\n/],
    [['train.epochs=4', 'seed=3'], /found: {4}seed\n/],
    [['train.epochs=abc'], /must be a whole number/],
    [['train.epochs=1'], /would end where it is: after 2 epochs/],
    [['train.epoch=4'], /did you mean: epochs/],
  ] as const) {
    const set = flags.flatMap((flag) => ['--set', flag]);
    const { exitCode, stderr } = await facecom(['resume', 'last', ...set], { cwd });
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, found);
  }
  const kept = await facecom(['resume', 'last', '--set', 'resources.grace=3'], { cwd });
  assert.equal(kept.exitCode, 0, kept.stderr);
  assert.match(kept.stdout, /is finished/);
  assert.equal(runsOf(cwd, 'runs', 'exp').length, 1);
});

test('the built-in trainer trains on to the bits of a run that was as long from the start', {
  skip: withoutNative,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  cpSync(join(packageDir, 'experiments', 'tiny.yaml'), join(cwd, 'tiny.yaml'));
  const set = (...flags: string[]) =>
    ['tracking.mlflow=off', 'train.checkpoints.keep_last=true', 'model.backbone=tiny', ...flags].flatMap(
      (flag) => ['--set', flag],
    );
  const first = await facecom(['run', 'tiny.yaml', '--quiet', ...set()], { cwd });
  assert.equal(first.exitCode, 0, first.stderr);
  const longer = await facecom(['resume', 'last', '--set', 'train.epochs=4', '--json'], { cwd });
  assert.equal(longer.exitCode, 0, longer.stderr);
  const whole = await facecom(['run', 'tiny.yaml', '--runs', 'whole', '--json', ...set('train.epochs=4')], {
    cwd,
  });
  const [straight] = runsOf(cwd, 'whole', 'tiny');
  const long = runsOf(cwd, 'runs', 'tiny').find(({ trial }) => trial === straight!.trial)!;
  assert.deepEqual(longer.json.at(-1).metrics, whole.json.at(-1).metrics);
  assert.deepEqual(measured(long.dir), measured(straight!.dir));
  const tensors = async (dir: string) =>
    [...(await readSafetensors(join(dir, 'checkpoints', 'last.safetensors'))).tensors].map(
      ([name, { data }]) => [
        name,
        Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
      ],
    );
  assert.deepEqual(await tensors(long.dir), await tensors(straight!.dir));

  const shorter = await facecom(['resume', long.dir, '--set', 'train.epochs=3'], { cwd });
  assert.equal(shorter.exitCode, 2, shorter.stderr);
  assert.match(shorter.stderr, /resume-set.*would end where it is: after 4 epochs/);
  rmSync(join(long.dir, 'checkpoints', 'last.safetensors'));
  const without = await facecom(['resume', long.dir, '--set', 'train.epochs=6'], { cwd });
  assert.equal(without.exitCode, 2, without.stderr);
  assert.match(without.stderr, /resume-checkpoint[\s\S]*facecom run tiny\/\S+ --set train\.epochs=6/);
});
