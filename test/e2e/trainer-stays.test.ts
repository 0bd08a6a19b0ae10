import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readState, scanRuns } from '../../src/record/index.ts';
import { isAlive, start, until } from '../support/external.ts';
import { withoutOneDnn } from '../support/onednn.ts';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';

async function place(t: TestContext, more: object) {
  const cwd = await temporaryFolder(t);
  cpSync(join(packageDir, 'experiments', 'tiny.yaml'), join(cwd, 'base.yaml'));
  const spec = {
    ...{ extends: 'base.yaml', name: 'stays', model: { backbone: 'tiny' } },
    ...{ tracking: { mlflow: 'off' }, resources: { max_parallel: 1, backend: 'onednn' } },
    ...more,
  };
  writeFileSync(join(cwd, 'stays.yaml'), JSON.stringify(spec));
  return cwd;
}

const runsOf = (cwd: string, folder: string) =>
  [...scanRuns(join(cwd, folder, 'stays'))].sort((a, b) => started(a.dir) - started(b.dir));
const entries = (dir: string) => readState(dir).filter(({ state }) => state === 'started');
const started = (dir: string) => entries(dir)[0]?.time ?? 0;
const bestOf = (dir: string) => readFileSync(join(dir, 'checkpoints', 'best.safetensors'));

test('a slot has one trainer for run after run, each with its own log and the bits of a run alone', {
  skip: withoutOneDnn,
}, async (t) => {
  const cwd = await place(t, { sweep: { axes: { seed: [0, 1, 2] } } });
  const sweep = await facecom(['sweep', 'stays.yaml', '--runs', 'together'], { cwd });
  assert.equal(sweep.exitCode, 0, sweep.stderr);
  const runs = runsOf(cwd, 'together');
  const pids = runs.flatMap(({ dir }) => entries(dir).map(({ pid }) => pid!));
  assert.equal(pids.length, 3);
  assert.equal(new Set(pids).size, 1);
  await until('it has ended with the sweep', () => !isAlive(pids[0]!));
  for (const { dir } of runs) {
    const log = readFileSync(join(dir, 'log.txt'), 'utf8');
    assert.equal(log.match(/training ended/g)?.length, 1, log);
  }
  const last = runs.at(-1)!;
  const { seed } = JSON.parse(readFileSync(join(last.dir, 'config.json'), 'utf8'));
  const one = { ...JSON.parse(readFileSync(join(cwd, 'stays.yaml'), 'utf8')), seed };
  delete one.sweep;
  writeFileSync(join(cwd, 'alone.yaml'), JSON.stringify(one));
  const alone = await facecom(['run', 'alone.yaml', '--runs', 'alone'], { cwd });
  assert.equal(alone.exitCode, 0, alone.stderr);
  assert.ok(bestOf(runsOf(cwd, 'alone')[0]!.dir).equals(bestOf(last.dir)));
});

test('a trainer that is killed in its second run costs that run one start, and no other run anything', {
  skip: withoutOneDnn,
}, async (t) => {
  const cwd = await place(t, {
    resources: { max_parallel: 1, backend: 'onednn', retry: { killed: 1 }, retry_delay: 0 },
    train: { batch_size: 2, early_stopping: { enabled: false } },
    sweep: { axes: { 'train.epochs': [2, 600, 3] } },
  });
  const command = start(['sweep', 'stays.yaml', '--runs', 'runs'], cwd);
  const training = () =>
    runsOf(cwd, 'runs').find((run) => run.status === 'running' && run.progress?.stage === 'train');
  await until('the second one trains', () => training()?.progress?.epochs === 600);
  const { dir } = training()!;
  process.kill(entries(dir).at(-1)!.pid!, 'SIGKILL');
  const { exitCode, stderr } = await command;
  assert.equal(exitCode, 0, stderr);
  const runs = runsOf(cwd, 'runs');
  assert.deepEqual(
    runs.map((run) => entries(run.dir).length),
    [1, 2, 1],
  );
  const [first, second, third] = runs.map((run) => entries(run.dir).map(({ pid }) => pid));
  assert.equal(first![0], second![0]);
  assert.equal(second![1], third![0]);
});

test('with plugins each run has a process of its own', { skip: withoutOneDnn }, async (t) => {
  const cwd = await place(t, { plugins: ['stripes.ts'], sweep: { axes: { seed: [0, 1] } } });
  cpSync(join(packageDir, 'experiments', 'plugins', 'stripes.ts'), join(cwd, 'stripes.ts'));
  const sweep = await facecom(['sweep', 'stays.yaml', '--runs', 'runs'], { cwd });
  assert.equal(sweep.exitCode, 0, sweep.stderr);
  const pids = runsOf(cwd, 'runs').flatMap(({ dir }) => entries(dir).map(({ pid }) => pid));
  assert.equal(new Set(pids).size, 2);
});
