import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { endJobs, endOverdue } from '../../src/orchestrator/cluster/end-jobs.ts';
import { explainState } from '../../src/orchestrator/cluster/slurm/states.ts';
import { openBatches, readJobs, writeBatch } from '../../src/record/index.ts';
import { exits, clusterScene as scene } from '../support/cluster.ts';
import { until } from '../support/external.ts';
import { binary, packageDir } from '../support/program.ts';

test('trials of a kind are one array, and each runs once', async (t) => {
  const { make, start, starts, names, calls, folder } = await scene(t);
  const launcher = make();
  const ends = await exits(start(launcher, 6));
  assert.deepEqual(ends, Array(6).fill({ code: 0 }));
  assert.equal(calls('sbatch').length, 1);
  assert.match(calls('sbatch')[0]!, /--array=0-5 /);
  for (const name of names(6)) assert.equal(starts(name), 1);
  // What has ended leaves nothing but the journal.
  assert.deepEqual(
    readJobs(folder)
      .map(({ type }) => type)
      .slice(0, 2),
    ['submitting', 'submitted'],
  );
  assert.equal(existsSync(join(folder, 'jobs', `${readJobs(folder)[0]!.key}.json`)), false);
});

test('"Socket timed out" after success is found by its key; without it is submitted again', async (t) => {
  const { make, start, starts, names, calls, fault, notes } = await scene(t);
  fault('timeout');
  const first = make();
  assert.deepEqual(await exits(start(first, 3)), Array(3).fill({ code: 0 }));
  assert.equal(calls('sbatch').length, 1);
  for (const name of names(3)) assert.equal(starts(name), 1);
  assert.match(notes[0]!, /does not answer, jobs continue: .*Socket timed out/);
  fault('lost');
  const again = make();
  assert.deepEqual(await exits(start(again, 3)), Array(3).fill({ code: 0 }));
  assert.equal(calls('sbatch').length, 3);
  for (const name of names(3)) assert.equal(starts(name), 2);
});

test('a quota makes arrays smaller; what Slurm never takes is said of each trial', async (t) => {
  const { make, start, starts, names, fault, calls, notes } = await scene(t);
  fault('busy\nquota 2');
  assert.deepEqual(await exits(start(make(), 4)), Array(4).fill({ code: 0 }));
  for (const name of names(4)) assert.equal(starts(name), 1);
  assert.ok(calls('sbatch').length >= 3);
  assert.match(
    notes.join('\n'),
    /^slurm takes no more jobs for now; the rest is submitted later: sbatch: Slurm temporarily/,
  );
  fault('refuse');
  const [end] = await exits(start(make(), 1));
  assert.match(end!.error!, /Invalid partition name/);
});

test('another command adopts what runs, also where the id was not written down', async (t) => {
  const { make, start, starts, names, folder, calls } = await scene(t, { trainer: 'sleep 1.5' });
  const gone = make();
  const handles = start(gone, 3);
  await Promise.all(handles.map(({ begun }) => begun));
  // As if it had been killed between the call and its id: it looks at nothing any more, and its jobs run on.
  await gone.close();
  const journal = join(folder, 'jobs.jsonl');
  writeFileSync(journal, `${readFileSync(journal, 'utf8').split('\n')[0]}\n`);
  const next = make();
  assert.equal(next.unclaimed.length, 3);
  assert.deepEqual(await exits(start(next, 3)), Array(3).fill({ code: 0 }));
  assert.equal(calls('sbatch').length, 1);
  for (const name of names(3)) assert.equal(starts(name), 1);
  assert.ok(readJobs(folder).some(({ type }) => type === 'submitted'));
});

test('a duplicate finds the claim and exits 0; the same job, started again, continues', async (t) => {
  const { folder, run, starts } = await scene(t);
  mkdirSync(join(folder, 'jobs'));
  const { command, runDir } = run('a-1');
  const batch = {
    key: 'k',
    folder: '..',
    runs: [basename(runDir)],
    command: [...command],
  };
  writeBatch(folder, { ...batch, env: {}, cwd: folder, grace: 1, visibility: 1 });
  const job = (id: string) =>
    execa(process.execPath, [binary, 'job', join(folder, 'jobs/k.json'), '0', '--job', id], {
      reject: false,
    });
  const both = await Promise.all([job('1_0'), job('2_0')]);
  assert.deepEqual(
    both.map(({ exitCode }) => exitCode),
    [0, 0],
  );
  assert.equal(starts('a-1'), 1);
  const loser = both.find(({ stderr }) => stderr.includes('nothing is left to do'))!;
  assert.match(loser.stderr, /the job [12]_0 on .* has task 0 of k/);
  const { job: winner } = JSON.parse(readFileSync(join(folder, 'jobs/k.0.claim'), 'utf8'));
  // A controller that lost its last moments starts it again.
  assert.equal((await job(winner)).exitCode, 0);
  assert.equal(starts('a-1'), 1);
  // Its node was lost before it had ended.
  rmSync(join(folder, 'jobs/k.0.end'));
  assert.equal((await job(winner)).exitCode, 0);
  assert.equal(starts('a-1'), 2);
  // The folder of the runs is not shared with the node, or the batch has ended.
  assert.equal(both.length, 2);
});

test('a controller that is down is no failure, and no word of an end is waited for', async (t) => {
  const { make, start, starts, names, fake, notes } = await scene(t, { trainer: 'sleep 0.8' });
  const launcher = make();
  const handles = start(launcher, 2);
  await Promise.all(handles.map(({ begun }) => begun));
  writeFileSync(join(fake, 'down'), '');
  assert.deepEqual(await exits(handles), Array(2).fill({ code: 0 }));
  for (const name of names(2)) assert.equal(starts(name), 1);
  rmSync(join(fake, 'down'));
  assert.ok(notes.length <= 2);
});

test('what Slurm says of jobs that leave no word', async (t) => {
  const { make, run, fake } = await scene(t, { trainer: 'sleep 60' });
  writeFileSync(join(fake, 'accounting'), '');
  const launcher = make();
  const end = async (name: string, state: string) => {
    const handle = launcher.of(0).start(run(name));
    await handle.begun;
    const { id } = handle.job!;
    const { pid } = JSON.parse(readFileSync(join(fake, 'jobs', id!), 'utf8'));
    writeFileSync(join(fake, `state-${id}`), state);
    // Its guard ends the trainer.
    process.kill(-pid, 'SIGKILL');
    return handle.exited;
  };
  assert.match((await end('a-1', 'CANCELLED by 1000')).cancelled!, /cancelled outside of facecom by 1000/);
  assert.equal((await end('b-1', 'NODE_FAIL')).explained!.class, 'infrastructure');
  assert.equal((await end('c-1', 'PREEMPTED')).explained!.class, 'interrupted');
  assert.equal((await end('d-1', 'OUT_OF_MEMORY')).explained!.class, 'oom');
  // Without accounting the controller tells the state alone.
  rmSync(join(fake, 'accounting'));
  assert.match((await end('e-1', 'CANCELLED by 1000')).cancelled!, /was cancelled outside of facecom\.$/);
});

test('what a controller has lost before it began, or holds for ever, is submitted again under a new key', async (t) => {
  const { make, start, starts, names, fault, fake, calls, notes, folder } = await scene(t);
  // Jobs that nobody starts: taken for lost, or held.
  fault('stillborn FORGOTTEN');
  const launcher = make();
  assert.deepEqual(await exits(start(launcher, 2)), Array(2).fill({ code: 0 }));
  fault('stillborn PENDING|launch failed requeued held');
  assert.deepEqual(await exits(start(launcher, 2)), Array(2).fill({ code: 0 }));
  assert.equal(calls('sbatch').length, 4);
  for (const name of names(2)) assert.equal(starts(name), 2);
  assert.ok(notes.some((note) => note.includes('has lost a job that had not begun')));
  assert.ok(calls('scancel').some((line) => /--name=fc-test-\S+ \d+_0/.test(line)));
  assert.deepEqual(openBatches(folder), []);
  // For ever is no longer than three times.
  fault(Array(9).fill('stillborn FORGOTTEN').join('\n'));
  const [end] = await exits(start(launcher, 1));
  assert.equal(end?.explained?.class, 'lost');
  assert.match(end!.explained!.message, /does not know of the job/);
  rmSync(join(fake, 'mode'));
});

test('a job that its controller has lost sight of, and that lives, is waited for', async (t) => {
  const { make, run, fake, starts } = await scene(t, { trainer: 'sleep 1.5' });
  const handle = make().of(0).start(run('a-1'));
  await handle.begun;
  writeFileSync(join(fake, `state-${handle.job!.id}`), 'FORGOTTEN');
  assert.deepEqual(await exits([handle]), [{ code: 0 }]);
  assert.equal(starts('a-1'), 1);
});

test("a number that is used again is another job's: it is neither explained by it nor cancelled", async (t) => {
  const { make, run, fake, calls } = await scene(t, { trainer: 'sleep 60' });
  writeFileSync(join(fake, 'accounting'), '');
  const handle = make().of(0).start(run('a-1'));
  await handle.begun;
  const { id } = handle.job!;
  const file = join(fake, 'jobs', id!);
  const { pid } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(join(fake, `state-${id}`), 'OUT_OF_MEMORY');
  writeFileSync(file, JSON.stringify({ name: 'of-another', pid }));
  process.kill(-pid, 'SIGKILL');
  const { explained } = await handle.exited;
  assert.equal(explained?.class, 'lost');
  for (const line of calls('scancel')) assert.match(line, /--name=fc-test-/);
});

test('a job that comes after its task has ended leaves at once; one whose run has finished trains nothing', async (t) => {
  const { folder, run, starts } = await scene(t);
  mkdirSync(join(folder, 'jobs'));
  const { command, runDir } = run('a-1');
  const file = join(folder, 'jobs/k.json');
  const job = () => execa(process.execPath, [binary, 'job', file, '0', '--job', '1_0']);
  const journal = [
    {
      type: 'submitting',
      time: 1,
      launcher: 'slurm',
      key: 'k',
      kind: 0,
      runs: [basename(runDir)],
      from: [0],
    },
    { type: 'ended', time: 1, key: 'k', task: 0 },
  ];
  const begun = performance.now();
  writeFileSync(join(folder, 'jobs.jsonl'), journal.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  assert.match((await job()).stderr, /has ended already/);
  assert.ok(performance.now() - begun < 30_000);
  writeFileSync(join(folder, 'jobs.jsonl'), `${JSON.stringify(journal[0])}\n`);
  writeFileSync(join(runDir, 'events.jsonl'), '{"type":"finished","time":1,"metrics":{}}\n');
  const batch = { key: 'k', folder: '..', runs: ['a-1'], command: [...command] };
  writeBatch(folder, { ...batch, env: {}, cwd: folder, grace: 1, visibility: 1 });
  assert.match((await job()).stderr, /has ended already/);
  assert.equal(starts('a-1'), 0);
});

test('what Slurm takes for running though its end is in the record is cancelled', async (t) => {
  const waitFor = (file: string) => `until [ -f ${file} ]; do sleep 0.05; done`;
  const { make, start, run, fake, folder, calls } = await scene(t, { trainer: waitFor('go-short') });
  const launcher = make({ linger: 0.5 });
  const long = { ...run('long-1'), command: ['/bin/sh', '-c', waitFor('go-long')] };
  const first = launcher.of(0).start(long);
  const [short] = start(launcher, 1);
  await short!.begun;
  writeFileSync(join(fake, `state-${short!.job!.id}`), 'RUNNING');
  writeFileSync(join(folder, 'go-short'), '');
  await short!.exited;
  await until('it is cancelled', () => calls('scancel').some((line) => line.endsWith(` ${short!.job!.id}`)));
  writeFileSync(join(folder, 'go-long'), '');
  assert.deepEqual(await exits([first]), [{ code: 0 }]);
});

test('jobs of another sweep that Slurm takes for running, and whose ends are in its record, are cancelled: they keep others waiting', async (t) => {
  const { make, start, fake, folder, calls } = await scene(t);
  const other = join(folder, 'other');
  mkdirSync(join(other, 'jobs'), { recursive: true });
  const entry = {
    type: 'submitting',
    time: 1,
    launcher: 'slurm',
    key: 'fc-old',
    kind: 0,
    runs: ['a-1', 'b-1'],
  };
  const ended = { type: 'ended', time: 1, key: 'fc-old', task: 0 };
  const journal = [{ ...entry, from: [0, 0] }, ended];
  writeFileSync(join(other, 'jobs.jsonl'), journal.map((line) => `${JSON.stringify(line)}\n`).join(''));
  mkdirSync(join(fake, 'jobs'));
  for (const task of [0, 1]) {
    const out = join(other, 'jobs', `fc-old.${task}.out`);
    writeFileSync(join(fake, 'jobs', `7_${task}`), JSON.stringify({ name: 'fc-old', out }));
    writeFileSync(join(fake, `state-7_${task}`), 'RUNNING');
  }
  // A job that waits, for as long as the other holds the node.
  writeFileSync(join(fake, 'mode'), 'stillborn PENDING|Resources');
  const launcher = make({ linger: 0.5 });
  const [waits] = start(launcher, 1);
  await until('it is cancelled', () => calls('scancel').some((line) => line.includes('--name=fc-old 7_0')));
  // One of its tasks has no end yet.
  assert.ok(!calls('scancel').some((line) => line.includes('7_1')));
  waits!.stop();
  await waits!.exited;
  // facecom stop does not wait for a second look.
  writeFileSync(join(fake, 'state-7_0'), 'RUNNING');
  const notes: string[] = [];
  await endOverdue(other, (line) => notes.push(line));
  assert.equal(notes.length, 1);
});

test('stop has running trainers save, and takes away what waits', async (t) => {
  const { make, start, starts, names, calls } = await scene(t, {
    trainer: 'for i in $(seq 100); do sleep 0.1; done',
  });
  const launcher = make();
  const handles = start(launcher, 2);
  await Promise.all(handles.map(({ begun }) => begun));
  await until('they run', () => names(2).every((name) => starts(name) === 1));
  for (const handle of handles) handle.stop();
  assert.deepEqual(await exits(handles), Array(2).fill({ code: 0 }));
  assert.ok(calls('scancel').some((line) => line.includes('--signal=TERM')));
  const unsubmitted = launcher
    .of(0)
    .start({ ...handles[0]!, runDir: '/nowhere', command: ['x'], env: {}, cwd: '/' });
  unsubmitted.stop();
  assert.deepEqual(await unsubmitted.exited, { signal: 'SIGTERM' });
});

test('jobs of a command that is gone are ended by their record alone', async (t) => {
  const { make, start, folder, names, starts } = await scene(t, {
    trainer: 'for i in $(seq 100); do sleep 0.1; done',
  });
  const handles = start(make(), 2);
  await Promise.all(handles.map(({ begun }) => begun));
  await until('they run', () => names(2).every((name) => starts(name) === 1));
  const ended = await endJobs(folder, { runsIn: folder, how: 'save', note: () => {}, interval: 100 });
  assert.deepEqual(ended.map(({ run }) => run).sort(), names(2));
  assert.deepEqual(await endJobs(folder, { runsIn: folder, how: 'save', note: () => {} }), []);
});

test('a node without the folder, without Node, or with a folder that cannot be written says so by its exit code', async (t) => {
  const { folder, make, run } = await scene(t);
  const absent = await execa(
    process.execPath,
    [
      '--import',
      'tsx',
      '-e',
      `import('${packageDir}/src/orchestrator/cluster/job/run-job.ts').then(async ({ runJob }) => process.exit(await runJob({ file: '${folder}/none.json', number: 0, job: '1_0', patience: 100 })))`,
    ],
    { cwd: packageDir, reject: false },
  );
  assert.equal(absent.exitCode, 75, absent.stderr);
  assert.match(absent.stderr, /this folder is not shared/);
  // A program that the trainer needs, such as Python, is not there, or its folder is not.
  const started = { ...run('p-1'), command: ['python-that-is-not-there', 'train.py'] };
  const exit = await make().of(0).start(started).exited;
  assert.match(exit.error!, /^python-that-is-not-there was not found on \S+; resources\.launcher\.setup/);
  const elsewhere = await make()
    .of(0)
    .start({ ...run('q-1'), cwd: '/no/such/folder' }).exited;
  assert.match(elsewhere.error!, /^the folder \/no\/such\/folder is not there on /);
  const launcher = make({ node: '/no/such/node' });
  const { explained } = await launcher.of(0).start(run('n-1')).exited;
  assert.equal(explained?.class, 'infrastructure');
  assert.match(explained!.message, /nothing of it is in the record/);
  for (const [code, words] of [
    [73, /cannot be written on the node/],
    [75, /not found on the node/],
    [127, /Node was not found/],
  ] as const) {
    const told = explainState('1_0', 'FAILED', { exit: `${code}:0` });
    assert.ok('message' in told && words.test(told.message));
  }
});

test('a folder that one side sees late is waited for: batch, claim and end', async (t) => {
  const { folder, make, run, starts } = await scene(t);
  // The end is hidden from the orchestrator for a while, as an attribute cache hides it.
  const handle = make({ visibility: 30 }).of(0).start(run('late-1'));
  await handle.begun;
  assert.deepEqual(await exits([handle]), [{ code: 0 }]);
  mkdirSync(join(folder, 'node/jobs'), { recursive: true });
  const { command } = run('node/x-1');
  const job = execa(process.execPath, [binary, 'job', join(folder, 'node/jobs/k.json'), '0', '--job', '1_0']);
  await sleep(700);
  const batch = { key: 'k', folder: '..', runs: ['x-1'], command: [...command] };
  writeBatch(join(folder, 'node'), { ...batch, env: {}, cwd: folder, grace: 1, visibility: 1 });
  assert.equal((await job).exitCode, 0);
  assert.equal(starts('node/x-1'), 1);
});
