import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { runOf, start, until, writeExperiment } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

test('shows experiments, the runs of one and one run, for people and for programs', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(
    cwd,
    `event '{"type":"metric","time":1,"step":3,"epoch":1,"values":{"val/combined":0.75,"train/loss":"NaN"}}'; finish 0.75`,
  );
  const bad = writeExperiment(cwd, 'printf "\\033[2Jbroken\\n"; exit 3', { name: 'bad' });
  await facecom(['run', spec, '--quiet'], { cwd });
  await facecom(['run', bad, '--quiet'], { cwd });
  const { dir } = runOf(cwd);
  // What is no run is passed over.
  mkdirSync(join(cwd, 'runs', 'notes'));
  mkdirSync(join(cwd, 'runs', 'exp', 'abc-7'));
  writeFileSync(join(cwd, 'runs', 'file'), '');

  const all = await facecom(['status', '--json'], { cwd });
  assert.equal(all.exitCode, 0, all.stderr);
  const [one, two, summary] = all.json;
  assert.deepEqual(
    [one.experiment, one.failed, two.experiment, two.finished, two.best.value],
    ['bad', 1, 'exp', 1, 0.75],
  );
  assert.deepEqual(summary, { runs: 'runs', experiments: 2, trials: 2, running: 0 });

  const runs = await facecom(['status', 'exp', '--json'], { cwd });
  assert.equal(runs.json.length, 2);
  assert.deepEqual(
    [runs.json[0].run, runs.json[0].status, runs.json[0].metrics, runs.json[0].best],
    [`exp/${basename(dir)}`, 'finished', { 'val/combined': 0.75 }, 0.75],
  );
  assert.deepEqual([runs.json[1].sweep, runs.json[1].finished, runs.json[1].waiting], ['exp', 1, 0]);

  const failed = await facecom(['status', 'bad'], { cwd });
  assert.match(failed.stdout, /bad: 1 failed/);
  assert.match(failed.stdout, /code: The trainer exited with code 3; its last line: broken/);
  assert.ok(!failed.stdout.includes('\u001b'));

  const single = await facecom(['status', dir, '--json'], { cwd });
  assert.equal(single.json.length, 1);
  assert.equal(single.json[0].run, `exp/${basename(dir)}`);
  const last = await facecom(['status', 'last'], { cwd });
  assert.match(last.stdout, /^run +bad\//m);
  const table = await facecom(['status'], { cwd });
  assert.match(table.stdout, /^experiment +trials +finished +failed +best/m);
});

test('says what is not there, with exit code 2', async (t) => {
  const cwd = await temporaryFolder(t);
  const none = await facecom(['status'], { cwd });
  assert.equal(none.exitCode, 2);
  assert.match(none.stderr, /error\[runs-missing\]/);
  mkdirSync(join(cwd, 'runs'));
  const empty = await facecom(['status'], { cwd });
  assert.equal(empty.exitCode, 0);
  assert.match(empty.stdout, /no runs in runs.*facecom run SPEC/s);
  for (const command of ['status', 'logs', 'stop']) {
    const { exitCode, stderr } = await facecom([command, 'absent'], { cwd });
    assert.equal(exitCode, 2);
    assert.match(stderr, /error\[run-not-found\]/);
  }
});

test('while a sweep runs: what runs, what waits and what is best; --watch ends with it', async (t) => {
  const cwd = await temporaryFolder(t);
  const go = join(cwd, 'go');
  const spec = writeExperiment(
    cwd,
    `event '{"type":"progress","time":1,"done":1,"total":4,"unit":"steps","stage":"train","epoch":1,"epochs":4}'
     while [ ! -f ${go} ]; do sleep 0.05; done; finish 0.5`,
    { resources: { max_parallel: 2 }, more: { sweep: { axes: { 'optimizer.lr': [0.1, 0.2, 0.3, 0.4] } } } },
  );
  const sweep = start(['sweep', spec, '--json'], cwd);
  const look = () => facecom(['status', 'exp', '--json'], { cwd });
  let now = { json: [] as any[] };
  for (let i = 0; i < 100 && now.json.at(-1)?.running !== 2; i++) now = await look();
  const summary = now.json.at(-1);
  assert.deepEqual([summary.trials, summary.running, summary.waiting + (summary.queued ?? 0)], [4, 2, 2]);
  assert.equal(summary.running_by, sweep.pid);
  const running = now.json.find(({ status }) => status === 'running');
  assert.deepEqual([running.progress.epoch, running.progress.epochs], [1, 4]);
  assert.ok(running.axes['optimizer.lr'] > 0);
  assert.equal(typeof running.pid, 'number');
  const text = await facecom(['status', 'exp'], { cwd });
  assert.match(text.stdout, /2 running.*run by process/);
  assert.match(text.stdout, /^run +lr +status +epoch/m);
  assert.match(text.stdout, /running +1\/4/);

  const watching = start(['status', 'exp', '--watch', '--json'], cwd);
  writeFileSync(go, '');
  assert.equal((await sweep).exitCode, 0);
  const { exitCode, stdout } = await watching;
  assert.equal(exitCode, 0);
  const lines = stdout!
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual([lines.at(-1).finished, lines.at(-1).best.value], [4, 0.5]);
});

test('a run that nobody runs any more is interrupted, whoever has its number by now', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'echo > ready; while :; do sleep 0.05; done');
  const program = start(['run', spec], cwd);
  await until('it runs', () => existsSync(join(runOf(cwd).dir, 'ready')) && runOf(cwd).states().length === 2);
  const { dir, states } = runOf(cwd);
  program.kill('SIGKILL');
  await program;
  const statusOf = async () => (await facecom(['status', dir, '--json'], { cwd })).json[0].status;
  await until('the trainer is gone', () => !existsSync(`/proc/${states()[1]!.pid}`));
  assert.equal(await statusOf(), 'interrupted');
  // The numbers are this test's: as if they had been given out again. The record says when its processes began.
  const edited = states().map((entry) =>
    entry.state === 'started'
      ? { ...entry, pid: process.pid, orchestrator: { ...entry.orchestrator, pid: process.pid } }
      : entry,
  );
  writeFileSync(join(dir, 'state.jsonl'), edited.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  assert.equal(await statusOf(), 'interrupted');
  const stopped = await facecom(['stop', dir, '--kill', '--json'], { cwd });
  assert.equal(stopped.exitCode, 0, stopped.stderr);
  assert.equal(stopped.json[0].how, 'nothing-runs');
  rmSync(dirname(dir), { recursive: true });
});
