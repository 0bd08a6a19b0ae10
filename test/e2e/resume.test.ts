import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Event, readEvents, readState, scanRuns } from '../../src/record/index.ts';
import { readSafetensors } from '../../src/trainer/checkpoint/safetensors.ts';
import { isAlive, start, until } from '../support/external.ts';
import { withoutNative } from '../support/native.ts';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';

/** Tiny, with a step for every image: long enough to be stopped in the middle. */
// Phases, an average of the weights and weights of the losses that change belong to what a resumed run continues.
const SET = [
  'tracking.mlflow=off',
  'train.epochs=60',
  'train.batch_size=2',
  'train.checkpoints.keep_last=true',
  'train.swa=2',
  'train.phases=[{epochs: 1, train: [heads]}, {epochs: 59, lr: 0.0005}]',
  'loss.balance=dwa',
  'model.backbone=tiny',
].flatMap((one) => ['--set', one]);

async function place(t: TestContext) {
  const cwd = await temporaryFolder(t);
  cpSync(join(packageDir, 'experiments', 'tiny.yaml'), join(cwd, 'tiny.yaml'));
  return cwd;
}

const runsOf = (cwd: string, folder: string) => [...scanRuns(join(cwd, folder, 'tiny'))];

type Metric = Extract<Event, { type: 'metric' }>;

/** Everything that was measured, but for the speed. */
function measured(dir: string): object[] {
  return readEvents(dir)
    .filter((event): event is Metric => event.type === 'metric')
    .map(
      ({
        step,
        epoch,
        values: { 'train/images_per_second': _, 'train/waiting_for_data': _waiting, ...values },
      }) => ({ step, epoch, values }),
    );
}

async function tensorsOf(dir: string) {
  const { tensors } = await readSafetensors(join(dir, 'checkpoints', 'last.safetensors'));
  return [...tensors].map(([name, { dtype, shape, data }]) => [
    name,
    dtype,
    shape,
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  ]);
}

test('a run that was stopped, killed and gone on with equals an undisturbed one bit for bit', {
  skip: withoutNative,
}, async (t) => {
  const cwd = await place(t);
  const run = (runs: string) => ['run', 'tiny.yaml', '--runs', runs, '--json', ...SET];
  const whole = await facecom(run('whole'), { cwd });
  assert.equal(whole.exitCode, 0, whole.stderr);

  const stepOf = () => runsOf(cwd, 'parts')[0]?.progress?.step ?? 0;
  const first = start(run('parts'), cwd);
  await until('some steps are done', () => stepOf() >= 3);
  first.kill('SIGTERM');
  assert.equal((await first).exitCode, 130);
  const { dir } = runsOf(cwd, 'parts')[0]!;
  assert.ok(existsSync(join(dir, 'checkpoints', 'last.safetensors')));
  const stopped = stepOf();

  // Killed: the trainer sees that its parent is gone and saves.
  const second = start(['resume', 'tiny', '--runs', 'parts', '--json'], cwd);
  await until('further steps are done', () => stepOf() > stopped);
  const { pid } = readState(dir).findLast(({ state }) => state === 'started')!;
  process.kill(second.pid!, 'SIGKILL');
  await second;
  await until('the trainer has ended', () => !isAlive(pid!));

  const resumed = await facecom(['resume', 'tiny', '--runs', 'parts', '--json'], { cwd });
  assert.equal(resumed.exitCode, 0, resumed.stderr);
  const undisturbed = runsOf(cwd, 'whole')[0]!;
  assert.deepEqual(resumed.json.at(-1).metrics, whole.json.at(-1).metrics);
  assert.deepEqual(measured(dir), measured(undisturbed.dir));
  assert.deepEqual(await tensorsOf(dir), await tensorsOf(undisturbed.dir));
  assert.equal(readState(dir).filter(({ state }) => state === 'started').length, 3);

  const done = await facecom(['resume', 'tiny', '--runs', 'parts', '--json'], { cwd });
  assert.deepEqual([done.exitCode, done.json.at(-1).status], [0, 'finished']);
});

test('a sweep of the built-in trainer, interrupted and resumed, ends in the table of an undisturbed one', {
  skip: withoutNative,
}, async (t) => {
  const cwd = await place(t);
  const sweep = 'sweep: {repeats: 2, axes: {optimizer.lr: [0.001, 0.0003]}}\n';
  writeFileSync(join(cwd, 'tiny.yaml'), readFileSync(join(cwd, 'tiny.yaml'), 'utf8') + sweep);
  const command = (runs: string) => [
    ...['sweep', 'tiny.yaml', '--runs', runs, '--max-parallel', '2'],
    ...['--set', 'tracking.mlflow=off'],
  ];
  const whole = await facecom(command('whole'), { cwd });
  assert.equal(whole.exitCode, 0, whole.stderr);
  // While one trains the next one waits with everything loaded.
  const idle = runsOf(cwd, 'whole').flatMap(({ dir }) =>
    readState(dir).flatMap((entry) => (entry.idle === undefined ? [] : [entry.idle])),
  );
  assert.equal(idle.length, 2);

  const count = (status: string) => runsOf(cwd, 'parts').filter((run) => run.status === status).length;
  const first = start(command('parts'), cwd);
  await until(
    'two trials train',
    () => runsOf(cwd, 'parts').filter(({ progress }) => progress?.stage).length === 2,
  );
  first.kill('SIGINT');
  assert.equal((await first).exitCode, 130);
  const second = start(['resume', 'tiny', '--runs', 'parts'], cwd);
  await until('one has finished', () => count('finished') > 0);
  process.kill(second.pid!, 'SIGKILL');
  await second;
  const resumed = await facecom(['resume', 'tiny', '--runs', 'parts', '--max-parallel', '2'], { cwd });
  assert.equal(resumed.exitCode, 0, resumed.stderr);
  const table = ({ stdout }: { stdout: string }) => stdout.split('\n\n')[0];
  assert.match(table(whole)!, /optimizer\.lr {2}val\/combined/);
  assert.equal(table(resumed), table(whole));
  assert.equal(runsOf(cwd, 'parts').length, 4);
});

test('the last trial of a sweep, cut and resumed alone, ends with the bits of an undisturbed one', {
  skip: withoutNative,
}, async (t) => {
  const cwd = await place(t);
  const sweep = 'sweep: {axes: {optimizer.lr: [0.001, 0.0003, 0.003]}}\n';
  writeFileSync(join(cwd, 'tiny.yaml'), readFileSync(join(cwd, 'tiny.yaml'), 'utf8') + sweep);
  const command = (runs: string) => ['sweep', 'tiny.yaml', '--runs', runs, '--max-parallel', '2', ...SET];
  const calm = await facecom(command('calm'), { cwd });
  assert.equal(calm.exitCode, 0, calm.stderr);

  const cut = start(command('cut'), cwd);
  const waiting = () => {
    const runs = runsOf(cwd, 'cut');
    const training = runs.some(({ status, progress }) => status === 'running' && progress?.stage === 'train');
    return runs.filter(({ status }) => status === 'finished').length === 2 && training;
  };
  await until('two have finished and the third trains', waiting);
  cut.kill('SIGINT');
  assert.equal((await cut).exitCode, 130);
  const resumed = await facecom(command('cut'), { cwd });
  assert.equal(resumed.exitCode, 0, resumed.stderr);
  for (const run of runsOf(cwd, 'calm')) {
    const other = runsOf(cwd, 'cut').find(({ trial }) => trial === run.trial)!;
    assert.deepEqual(await tensorsOf(other.dir), await tensorsOf(run.dir), run.trial);
    assert.deepEqual(measured(other.dir), measured(run.dir), run.trial);
  }
});
