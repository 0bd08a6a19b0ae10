import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { scanRuns } from '../../src/record/index.ts';
import { isAlive, runOf, start, until, writeExperiment } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

/** Saves when it is asked to end. */
const POLITE = `
  trap 'echo saved > checkpoints/last; exit 0' TERM
  echo > ready
  while [ ! -f ../../../go ]; do sleep 0.05; done; finish`;

const axes = { sweep: { axes: { 'optimizer.lr': [0.1, 0.2, 0.3] } } };

const running = (cwd: string) => {
  const runs = existsSync(join(cwd, 'runs/exp')) ? [...scanRuns(join(cwd, 'runs/exp'))] : [];
  return runs.filter(({ status, dir }) => status === 'running' && existsSync(join(dir, 'ready')));
};

async function runningExperiment(t: TestContext, script = POLITE) {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, script);
  const program = start(['run', spec, '--json'], cwd);
  await until('it runs', () => running(cwd).length === 1);
  return { cwd, program, trainer: running(cwd)[0]!.trainer!.pid };
}

test('a run saves and ends, and stop waits for it', async (t) => {
  const { cwd, program, trainer } = await runningExperiment(t);
  const { exitCode, json, stderr } = await facecom(['stop', 'exp', '--json'], { cwd });
  assert.equal(exitCode, 0, stderr);
  assert.ok(!isAlive(trainer));
  assert.equal(runOf(cwd).text('checkpoints/last'), 'saved\n');
  assert.equal(json[0].how, 'orchestrator');
  assert.equal((await program).exitCode, 130);
  assert.equal(runOf(cwd).states().at(-1)!.state, 'stopped');
  const again = await facecom(['stop', 'exp'], { cwd });
  assert.equal(again.exitCode, 0);
  assert.match(again.stdout, /nothing was stopped/i);
});

test('a run that finishes before it stops is not said to be stopped', async (t) => {
  const { cwd, program } = await runningExperiment(
    t,
    `trap 'finish; exit 0' TERM; echo > ready; while :; do sleep 0.05; done`,
  );
  const { exitCode, stdout } = await facecom(['stop', runOf(cwd).dir], { cwd });
  assert.equal(exitCode, 0);
  assert.match(stdout, /^exp\/\S+ has finished: nothing was left to be stopped\.$/m);
  await program;
});

test('--kill does not wait for a trainer that would not end', async (t) => {
  const { cwd, program, trainer } = await runningExperiment(
    t,
    `trap '' TERM INT; echo > ready; while :; do sleep 0.05; done`,
  );
  const { exitCode, stdout } = await facecom(['stop', runOf(cwd).dir, '--kill'], { cwd });
  assert.equal(exitCode, 0);
  assert.match(stdout, /^Killed exp\/.*facecom resume/s);
  assert.ok(!isAlive(trainer));
  assert.equal((await program).exitCode, 130);
});

test('a sweep: its trials save and end, none is started any more', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, POLITE, { resources: { max_parallel: 2 }, more: axes });
  const program = start(['sweep', spec, '--json'], cwd);
  await until('two run', () => running(cwd).length === 2);
  const trainers = running(cwd).map(({ trainer }) => trainer!.pid);
  const { exitCode, stdout, stderr } = await facecom(['stop', 'exp'], { cwd });
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /Stopped exp: 2 runs saved and ended.*facecom resume exp/);
  assert.ok(trainers.every((pid) => !isAlive(pid)));
  assert.equal((await program).exitCode, 130);
  assert.equal([...scanRuns(join(cwd, 'runs/exp'))].filter(({ status }) => status === 'stopped').length, 2);
});

test('one run of a sweep: the others continue', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, POLITE, { resources: { max_parallel: 2 }, more: axes });
  const program = start(['sweep', spec, '--json'], cwd);
  await until('two run', () => running(cwd).length === 2);
  const [one] = running(cwd);
  const { exitCode, json, stderr } = await facecom(['stop', one!.dir, '--json'], { cwd });
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual([json[0].how, json[0].runs], ['request', [basename(one!.dir)]]);
  assert.ok(!isAlive(one!.trainer!.pid));
  assert.ok(!existsSync(join(one!.dir, 'stop.json')));
  await until('the next one runs', () => running(cwd).length === 2);
  writeFileSync(join(cwd, 'go'), '');
  const { exitCode: code, stdout } = await program;
  const summary = JSON.parse(stdout!.trim().split('\n').at(-1)!);
  assert.equal(summary.finished, 2);
  assert.notEqual(code, 0);
  assert.deepEqual([...scanRuns(join(cwd, 'runs/exp'))].map(({ status }) => status).sort(), [
    'finished',
    'finished',
    'stopped',
  ]);
});
