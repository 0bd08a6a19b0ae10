import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEvents, scanRuns } from '../../src/record/index.ts';
import { readSafetensors } from '../../src/trainer/checkpoint/safetensors.ts';
import { start, until } from '../support/external.ts';
import { withoutOneDnn } from '../support/onednn.ts';
import { facecom } from '../support/program.ts';
import { place, sets, tiny, trainedTiny } from '../support/trained.ts';

/** One thread: on a busy machine two wait for each other. */
const ENGINE = ['resources.backend=onednn', 'resources.cpus=1'];

test('a run on oneDNN is evaluated, predicted from and exported', { skip: withoutOneDnn }, async (t) => {
  const { cwd, run, facecom } = await trainedTiny(t, ...ENGINE, 'evaluate.conditions=[]');
  const { stdout: log } = await facecom('logs', 'last');
  assert.match(log, /onednn/);
  const evaluated = await facecom('evaluate', 'tiny', '--json');
  assert.equal(evaluated.exitCode, 0, evaluated.stderr);
  const recorded = Object.entries(run.metrics).filter(([name]) => name.startsWith('test/'));
  assert.deepEqual(evaluated.json[0].metrics, Object.fromEntries(recorded));

  const synth = ['--identities', '4', '--images', '8', '--size', '32', '--conditions', '0'];
  await facecom('data', 'synth', 'faces', ...synth);
  const predicted = await facecom('predict', run.run, 'faces/images', '--json');
  assert.equal(predicted.exitCode, 0, predicted.stderr);
  assert.equal(predicted.json.at(-1).pictures, 32);
  const exported = await facecom('export', 'last', '--out', 'model', '--json');
  assert.equal(exported.exitCode, 0, exported.stderr);
  const { tensors } = await readSafetensors(join(cwd, 'model/model.safetensors'));
  assert.deepEqual(tensors.get('conv1.weight')!.shape, [64, 3, 7, 7]);
});

test('a run on oneDNN that was stopped and resumed equals an undisturbed one bit for bit', {
  skip: withoutOneDnn,
}, async (t) => {
  const { cwd, env, facecom } = await place(t);
  const set = sets(
    ...ENGINE,
    'train.checkpoints.keep_last=true',
    'train.epochs=3',
    'train.batch_size=2',
    'evaluate.conditions=[]',
  );
  const whole = await facecom('run', tiny, '--runs', 'whole', '--json', ...set);
  assert.equal(whole.exitCode, 0, whole.stderr);
  const runOf = (folder: string) => [...scanRuns(join(cwd, folder, 'tiny'))][0]!;
  const first = start(['run', tiny, '--runs', 'parts', '--json', ...set], cwd, env);
  await until('some steps are done', () => (runOf('parts')?.progress?.step ?? 0) >= 3);
  first.kill('SIGTERM');
  assert.equal((await first).exitCode, 130);
  const resumed = await facecom('resume', 'tiny', '--runs', 'parts', '--json');
  assert.equal(resumed.exitCode, 0, resumed.stderr);
  const tensorsOf = async (folder: string) => {
    const file = join(runOf(folder).dir, 'checkpoints', 'last.safetensors');
    const { tensors } = await readSafetensors(file);
    return [...tensors].map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    ]);
  };
  assert.deepEqual(await tensorsOf('parts'), await tensorsOf('whole'));
  const losses = (folder: string) =>
    readEvents(runOf(folder).dir).flatMap((event) =>
      event.type === 'metric' ? [event.values['train/loss']] : [],
    );
  assert.deepEqual(losses('parts'), losses('whole'));
});

test('a run on oneDNN if it is not there and may not be set up', async (t) => {
  const { cwd, env } = await place(t);
  const { exitCode, stderr } = await facecom(['run', tiny, ...sets(...ENGINE)], {
    cwd,
    env: { ...env, FACECOM_SETUP: 'off', FACECOM_ONEDNN_DIR: '' },
  });
  assert.equal(exitCode, 2);
  assert.match(stderr, /error\[onednn-missing\]/);
  assert.match(stderr, /facecom setup`/);
});
