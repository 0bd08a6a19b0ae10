import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runOf, start, until, writeExperiment } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';
import { type Slurm, startSlurm, withoutSlurm } from '../support/slurm.ts';

const skip = withoutSlurm();
let slurm: Slurm;
before(async () => {
  if (!skip) slurm = await startSlurm();
});
after(async () => slurm?.close());

const launcher = { name: 'slurm', poll: 0.5, visibility: 2 };
const sweep = {
  axes: { 'optimizer.lr': [0.1, 0.2, 0.3, 0.4] },
  objective: { metric: 'val/combined', mode: 'max' },
};
const resources = { cpus: 1, gpus: 0, launcher };

/** How often each trial's trainer was started, and has finished. */
function counts(cwd: string, name = 'exp') {
  const folder = join(cwd, 'runs', name);
  return readdirSync(folder)
    .filter((run) => /-\d+$/.test(run))
    .map((run) => {
      const read = (file: string) =>
        existsSync(join(folder, run, file)) ? readFileSync(join(folder, run, file), 'utf8') : '';
      return [read('log.txt').split('began').length - 1, read('events.jsonl').split('"finished"').length - 1];
    });
}

test('a killed command, a controller that is away: every trial finishes once', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'echo began; sleep 1.5; finish 0.5', { resources, more: { sweep } });
  const first = start(['sweep', spec], cwd, slurm.env);
  await until(
    'one runs',
    () => existsSync(join(cwd, 'runs/exp')) && counts(cwd).some(([began]) => began === 1),
  );
  first.kill('SIGKILL');
  await first;
  await slurm.stop('slurmctld');
  const second = facecom(['sweep', spec, '--json'], { cwd, env: slurm.env });
  await slurm.start('slurmctld');
  const { exitCode, json, stderr } = await second;
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.at(-1).finished, 4);
  assert.deepEqual(counts(cwd), Array(4).fill([1, 1]));
  assert.equal((await slurm.call('squeue', ['-h'])).trim(), '');
});

test('several trials a job: a killed command and a stopped trial leave the others; each of those finishes once', {
  skip,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(
    cwd,
    'echo began; while [ ! -f ../../../go ]; do sleep 0.05; done; finish 0.5',
    {
      resources: { ...resources, launcher: { ...launcher, trials_per_job: 2 } },
      more: { sweep },
    },
  );
  const plan = await facecom(['sweep', spec, '--dry-run'], { cwd });
  assert.match(plan.stdout, /They become 2 jobs of slurm, of up to 2 trials one after another/);
  const first = start(['sweep', spec], cwd, slurm.env);
  const started = () => existsSync(join(cwd, 'runs/exp')) && counts(cwd).some(([began]) => began === 1);
  await until('one runs', started);
  first.kill('SIGKILL');
  await first;
  const waits = readdirSync(join(cwd, 'runs/exp')).find(
    (run) => /-1$/.test(run) && !existsSync(join(cwd, 'runs/exp', run, 'log.txt')),
  );
  const stopped = await facecom(['stop', `exp/${waits}`], { cwd, env: slurm.env });
  assert.equal(stopped.exitCode, 0, stopped.stderr);
  writeFileSync(join(cwd, 'go'), '');
  const { exitCode, json, stderr } = await facecom(['sweep', spec, '--json'], { cwd, env: slurm.env });
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.at(-1).finished, 4);
  assert.deepEqual(counts(cwd), Array(4).fill([1, 1]));
});

test('no Node on the node: the run says so, and what puts it right', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'finish 0.5', {
    resources: {
      ...{ ...resources, retry: { infrastructure: 0 } },
      launcher: { ...launcher, node: 'node', setup: ['PATH=/nowhere'], visibility: 0.5 },
    },
  });
  const { exitCode, stdout, stderr } = await facecom(['run', spec], { cwd, env: slurm.env });
  assert.equal(exitCode, 1);
  assert.match(stdout + stderr, /Node was not found on the node; resources\.launcher\.node names it/);
  assert.match(stdout + stderr, new RegExp(`there is no node on ${hostname()}`));
});

test('a controller that has lost all its jobs, those that run too: every trial finishes once', {
  skip,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'echo began; sleep 1; finish 0.5', { resources, more: { sweep } });
  const program = facecom(['sweep', spec, '--json'], { cwd, env: slurm.env });
  await until(
    'one runs',
    () => existsSync(join(cwd, 'runs/exp')) && counts(cwd).some(([began]) => began === 1),
  );
  await slurm.stop('slurmctld');
  // Without its saved state; its numbers begin anew, and a node that still has one of them may be drained.
  await slurm.start('slurmctld', ['-c']);
  let over = false;
  const administering = (async () => {
    for (; !over; await sleep(500)) await slurm.resume();
  })();
  const { exitCode, json, stderr } = await program;
  over = true;
  await administering;
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.at(-1).finished, 4);
  assert.deepEqual(
    counts(cwd).map(([, finished]) => finished),
    Array(4).fill(1),
  );
});

test('half here and half on Slurm is one record; what waits there is stopped', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'echo began; finish 0.5', { resources, more: { sweep } });
  const here = await facecom(
    ['sweep', spec, '--launcher', 'local', '--set', 'sweep.axes={optimizer.lr: [0.1, 0.2]}'],
    { cwd },
  );
  assert.equal(here.exitCode, 0, here.stderr);
  const there = await facecom(['sweep', spec, '--json'], { cwd, env: slurm.env });
  assert.equal(there.exitCode, 0, there.stderr);
  assert.equal(there.json.at(-1).finished, 4);
  const folder = join(cwd, 'runs/exp');
  const launchers = readdirSync(folder)
    .filter((run) => /-1$/.test(run))
    .map((run) => /"launcher":"(\w+)"/.exec(readFileSync(join(folder, run, 'state.jsonl'), 'utf8'))![1]);
  assert.deepEqual(launchers.sort(), ['local', 'local', 'slurm', 'slurm']);
});

test('a job that is cancelled by scancel saves, is stopped and not submitted again; resume continues', {
  skip,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  // The file is made without a program: Slurm signals each process of the job, and a `touch` would end by it.
  const script = `[ -f ../../../go ] && finish 0.5 && exit; trap ': >../../../go; event "{\\"type\\":\\"stopped\\",\\"time\\":1}"; exit 0' TERM; echo began; sleep 60 & wait`;
  const spec = writeExperiment(cwd, script, { resources });
  const program = start(['run', spec], cwd, slurm.env);
  const log = () => join(runOf(cwd).dir, 'log.txt');
  await until('it runs', () => existsSync(log()) && readFileSync(log(), 'utf8').includes('began'));
  await slurm.call('scancel', ['--me']);
  const { exitCode, stdout, stderr } = await program;
  assert.match(stdout + stderr, /cancelled outside of facecom/);
  assert.deepEqual([exitCode, runOf(cwd).states().at(-1)!.state], [130, 'stopped']);
  const resumed = await facecom(['resume', 'last'], { cwd, env: slurm.env });
  assert.equal(resumed.exitCode, 0, resumed.stderr);
  assert.equal((await slurm.call('squeue', ['-h', '-t', 'PENDING,RUNNING'])).trim(), '');
});

test('a job that is cancelled while it waits is stopped, and not submitted again', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const blocker = ['--parsable', '--cpus-per-task=2', '--output=/dev/null', '--wrap', 'sleep 60'];
  const id = (await slurm.call('sbatch', blocker)).trim();
  const program = start(['run', writeExperiment(cwd, 'finish 0.5', { resources })], cwd, slurm.env);
  const waiting = async () => (await slurm.call('squeue', ['-h', '-t', 'PENDING', '-o', '%j'])).trim();
  for (let i = 0; i < 100 && !/^fc-/.test(await waiting()); i++) await sleep(100);
  await slurm.call('scancel', [`--name=${await waiting()}`]);
  const { exitCode, stdout, stderr } = await program;
  assert.match(stdout + stderr, /cancelled outside of facecom/);
  assert.equal(exitCode, 130);
  assert.equal(await waiting(), '');
  await slurm.call('scancel', [id]);
});

test('--gres of two kinds and --constraint: an array of jobs for each kind', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const asked = { ...launcher, gres: ['fake:1', 'fake:2'], constraint: 'a100' };
  const spec = writeExperiment(cwd, 'scontrol show job -o "$SLURM_JOB_ID" > shown.txt; finish 0.5', {
    resources: { ...resources, launcher: asked },
    more: { sweep },
  });
  const { exitCode, json, stderr } = await facecom(['sweep', spec, '--json'], { cwd, env: slurm.env });
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.at(-1).finished, 4);
  const folder = join(cwd, 'runs/exp');
  const shown = readdirSync(folder)
    .filter((run) => /-1$/.test(run))
    .map((run) => readFileSync(join(folder, run, 'shown.txt'), 'utf8'));
  assert.deepEqual(shown.map((text) => /TresPerNode=\S*fake:(\d)/.exec(text)?.[1]).sort(), [
    '1',
    '1',
    '2',
    '2',
  ]);
  for (const text of shown) assert.match(text, /Features=a100/);
});

test('two trials have a GPU each; more GPUs than a node has are refused before anything is launched', {
  skip,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  // Each waits for the other.
  const script =
    'echo "$CUDA_VISIBLE_DEVICES" > gpu.txt; until [ "$(cat ../*/gpu.txt | wc -l)" = 2 ]; do sleep 0.05; done; finish 0.5';
  const two = { axes: { 'optimizer.lr': [0.1, 0.2] } };
  const spec = writeExperiment(cwd, script, { resources: { ...resources, gpus: 1 }, more: { sweep: two } });
  const { exitCode, stderr } = await facecom(['sweep', spec, '--json'], { cwd, env: slurm.env });
  assert.equal(exitCode, 0, stderr);
  const folder = join(cwd, 'runs/exp');
  const gpus = readdirSync(folder)
    .filter((run) => /-1$/.test(run))
    .map((run) => readFileSync(join(folder, run, 'gpu.txt'), 'utf8').trim());
  assert.deepEqual(gpus.sort(), ['0', '1']);
  const more = await facecom(['sweep', spec, '--force', '--set', 'resources.gpus=3'], {
    ...{ cwd, env: slurm.env },
  });
  assert.equal(more.exitCode, 2);
  assert.match(more.stderr, /slurm-refused[\s\S]*found: +sbatch: .*node configuration is not available/);
});

test('stop cancels what Slurm still takes for running of a sweep that is over', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'finish 0.5', { resources });
  const { exitCode, stderr } = await facecom(['run', spec], { cwd, env: slurm.env });
  assert.equal(exitCode, 0, stderr);
  const jobs = join(runOf(cwd).dir, 'jobs');
  const { key } = JSON.parse(readFileSync(join(jobs, '../jobs.jsonl'), 'utf8').split('\n')[0]!);
  // As a controller that was killed takes it up again.
  const array = ['--parsable', '--array=0-0', '--cpus-per-task=1', '--wrap', 'sleep 600'];
  const own = [`--job-name=${key}`, `--output=${join(jobs, `${key}.%a.out`)}`];
  const foreign = ['--job-name=of-another', '--output=/dev/null'];
  const [id, other] = [
    (await slurm.call('sbatch', [...own, ...array])).trim(),
    (await slurm.call('sbatch', [...foreign, ...array])).trim(),
  ];
  const running = async () => (await slurm.call('squeue', ['-h', '-t', 'RUNNING', '-o', '%F'])).split(/\s+/);
  for (let i = 0; i < 100 && (await running()).length < 3; i++) await sleep(100);
  const stopped = await facecom(['stop', 'last'], { cwd, env: slurm.env });
  assert.equal(stopped.exitCode, 0, stopped.stderr);
  assert.match(stopped.stdout + stopped.stderr, /slurm took 1 job for running that had ended by the record/);
  for (let i = 0; i < 100 && (await running()).includes(id!); i++) await sleep(100);
  assert.deepEqual((await running()).filter(Boolean), [other]);
  await slurm.call('scancel', [other!]);
});

test('stop ends the jobs of a command that is gone', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const script = `trap 'event "{\\"type\\":\\"stopped\\",\\"time\\":1}"; exit 0' TERM; echo began; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done`;
  const spec = writeExperiment(cwd, script, { resources, more: { sweep } });
  const program = start(['sweep', spec], cwd, slurm.env);
  await until(
    'one runs',
    () => existsSync(join(cwd, 'runs/exp')) && counts(cwd).some(([began]) => began === 1),
  );
  program.kill('SIGKILL');
  await program;
  const stopped = await facecom(['stop', 'exp'], { cwd, env: slurm.env });
  assert.equal(stopped.exitCode, 0, stopped.stderr);
  assert.match(stopped.stdout + stopped.stderr, /4 jobs ended/);
  assert.equal((await slurm.call('squeue', ['-h', '-t', 'PENDING,RUNNING'])).trim(), '');
  const wrong = await facecom(['sweep', spec, '--set', 'resources.launcher.partition=nowhere'], {
    cwd,
    env: slurm.env,
  });
  assert.equal(wrong.exitCode, 2);
  assert.match(wrong.stderr, /slurm-refused/);
});
