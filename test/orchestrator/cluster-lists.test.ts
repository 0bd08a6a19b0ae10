import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { execa } from 'execa';
import fc from 'fast-check';
import { endJobs } from '../../src/orchestrator/cluster/end-jobs.ts';
import {
  countJobs,
  jobOfTask,
  readJobs,
  tasksOfJob,
  withdrawTask,
  writeBatch,
} from '../../src/record/index.ts';
import { exits, clusterScene as scene } from '../support/cluster.ts';
import { until } from '../support/external.ts';
import { binary } from '../support/program.ts';

/** Trainers that wait for a file `go-NAME`, or end in order when they are asked to. */
const WAITS = 'while [ ! -f "go-$(basename "$FACECOM_RUN_DIR")" ]; do sleep 0.05; done';

/** Several tests wait at the same time. */
const OWN = { onPath: false };

test('the tasks of jobs are all tasks, each once and in order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 }), (count, per_job) => {
      const batch = { runs: Array.from({ length: count }, (_, i) => `r${i}`), per_job };
      const jobs = Array.from({ length: countJobs(batch) }, (_, job) => tasksOfJob(batch, job));
      assert.deepEqual(jobs.flat(), [...batch.runs.keys()]);
      for (const [job, tasks] of jobs.entries())
        for (const task of tasks) assert.equal(jobOfTask(batch, task), job);
      assert.deepEqual(tasksOfJob(batch, jobs.length), []);
    }),
  );
});

describe('several trials a job', { concurrency: 4 }, () => {
  test('several trials a job: as few jobs as may be, of even length, in one array; each trial runs once', async (t) => {
    const { make, start, starts, names, calls, folder } = await scene(t, {
      ...OWN,
      trainer:
        'echo "$SLURM_ARRAY_TASK_ID" > "$FACECOM_RUN_DIR/job"; date +%s%N >> "$FACECOM_RUN_DIR/times"; sleep 0.1; date +%s%N >> "$FACECOM_RUN_DIR/times"',
    });
    assert.deepEqual(await exits(start(make({ perJob: 4 }), 10)), Array(10).fill({ code: 0 }));
    assert.equal(calls('sbatch').length, 1);
    assert.match(calls('sbatch')[0]!, /--array=0-2 /);
    const read = (name: string, file: string) => readFileSync(join(folder, name, file), 'utf8').trim();
    assert.deepEqual(
      names(10).map((name) => read(name, 'job')),
      ['0', '0', '0', '0', '1', '1', '1', '1', '2', '2'],
    );
    const times = names(4).flatMap((name) => read(name, 'times').split('\n').map(BigInt));
    assert.deepEqual(
      times,
      [...times].sort((a, b) => (a < b ? -1 : 1)),
    );
    for (const name of names(10)) assert.equal(starts(name), 1);
    assert.deepEqual(readJobs(folder).filter(({ type }) => type === 'ended').length, 10);
  });

  test('one trial of a job is stopped, and one that waits: the others go on; what waits never begins', async (t) => {
    const { make, start, starts, names, folder, calls } = await scene(t, { trainer: WAITS, ...OWN });
    const handles = start(make({ perJob: 4 }), 4);
    const [first, second, third, fourth] = handles;
    await first!.begun;
    await until('it runs', () => starts(names(1)[0]!) === 1);
    third!.stop();
    assert.deepEqual(await third!.exited, { signal: 'SIGTERM' });
    first!.stop();
    assert.deepEqual(await exits([first!]), [{ code: 0 }]);
    await second!.begun;
    await until('the next one runs', () => starts(names(2)[1]!) === 1);
    for (const name of names(4)) writeFileSync(join(folder, `go-${name}`), '');
    assert.deepEqual(await exits([second!, fourth!]), Array(2).fill({ code: 0 }));
    assert.deepEqual(names(4).map(starts), [1, 1, 0, 1]);
    // Slurm would have ended all of them.
    assert.deepEqual(calls('scancel'), []);
  });

  test('a job is lost: what it ran has failed, what it had not begun is submitted again', async (t) => {
    const { make, start, starts, names, folder, fake, calls } = await scene(t, { trainer: WAITS, ...OWN });
    const handles = start(make({ perJob: 4 }), 4);
    writeFileSync(join(folder, 'go-run0-1'), '');
    assert.deepEqual(await exits([handles[0]!]), [{ code: 0 }]);
    await handles[1]!.begun;
    await until('the second runs', () => starts('run1-1') === 1);
    const { id } = handles[1]!.job!;
    const { pid } = JSON.parse(readFileSync(join(fake, 'jobs', id!), 'utf8'));
    writeFileSync(join(fake, `state-${id}`), 'NODE_FAIL');
    process.kill(-pid, 'SIGKILL');
    assert.equal((await handles[1]!.exited).explained?.class, 'infrastructure');
    for (const name of names(4)) writeFileSync(join(folder, `go-${name}`), '');
    assert.deepEqual(await exits(handles.slice(2)), Array(2).fill({ code: 0 }));
    assert.deepEqual(names(4).map(starts), [1, 1, 1, 1]);
    assert.equal(calls('sbatch').length, 2);
    assert.match(calls('sbatch')[1]!, /--array=0-0 /);
  });

  test('no Node on the node: each trial of a job has failed, and none is submitted again', async (t) => {
    const { make, start, calls } = await scene(t, OWN);
    const ends = await exits(start(make({ perJob: 3, node: '/no/such/node' }), 3));
    assert.deepEqual(
      ends.map(({ explained }) => explained?.class),
      Array(3).fill('infrastructure'),
    );
    assert.equal(calls('sbatch').length, 1);
  });

  test('near its time limit a job saves, is queued again, and continues with that trial and the rest', async (t) => {
    // The first start of the second trial ends as one that has saved.
    const { make, start, starts, names, fake, folder } = await scene(t, {
      ...OWN,
      trainer: `name=$(basename "$FACECOM_RUN_DIR"); [ $name = run1-1 ] && [ ! -f "$FACECOM_RUN_DIR/saved" ] && { touch "$FACECOM_RUN_DIR/saved"; sleep 60 & wait; }; sleep 0.1; echo '{"type":"finished","time":1,"metrics":{}}' >> "$FACECOM_RUN_DIR/events.jsonl"`,
    });
    const handles = start(make({ perJob: 3, lead: 90, requeues: 1 }), 3);
    await handles[1]!.begun;
    await until('the second runs', () => existsSync(join(folder, 'run1-1/saved')));
    const { id } = handles[1]!.job!;
    const { pid } = JSON.parse(readFileSync(join(fake, 'jobs', id!), 'utf8'));
    writeFileSync(join(fake, `left-${id}`), '1:20');
    process.kill(pid, 'SIGTERM');
    assert.deepEqual(await exits(handles), Array(3).fill({ code: 0 }));
    assert.deepEqual(names(3).map(starts), [1, 2, 1]);
    assert.equal(JSON.parse(readFileSync(join(fake, 'jobs', id!), 'utf8')).restarts, 1);
  });

  test('told to end before its limit, a job puts back what it has not begun; another takes it over', async (t) => {
    const { make, start, starts, names, fake, folder, calls } = await scene(t, { trainer: WAITS, ...OWN });
    const handles = start(make({ perJob: 3 }), 3);
    await handles[0]!.begun;
    await until('the first runs', () => starts('run0-1') === 1);
    const { id } = handles[0]!.job!;
    const { pid } = JSON.parse(readFileSync(join(fake, 'jobs', id!), 'utf8'));
    for (const name of ['run1-1', 'run2-1']) writeFileSync(join(folder, `go-${name}`), '');
    process.kill(pid, 'SIGTERM');
    const [first, ...others] = await exits(handles);
    assert.deepEqual([first!.code, first!.explained?.class], [0, 'interrupted']);
    assert.deepEqual(others, Array(2).fill({ code: 0 }));
    assert.deepEqual(names(3).map(starts), [1, 1, 1]);
    assert.equal(calls('sbatch').length, 2);
  });

  test('a job that someone cancels saves: what it ran, and what was to follow, is stopped and not submitted again', async (t) => {
    const { make, start, starts, names, fake, calls } = await scene(t, { trainer: WAITS, ...OWN });
    const handles = start(make({ perJob: 3 }), 3);
    await handles[0]!.begun;
    await until('the first runs', () => starts('run0-1') === 1);
    const { id } = handles[0]!.job!;
    const { pid } = JSON.parse(readFileSync(join(fake, 'jobs', id!), 'utf8'));
    // Slurm sends SIGTERM, and calls it cancelled when it is gone.
    writeFileSync(join(fake, `cancelled-${id}`), '');
    process.kill(pid, 'SIGTERM');
    for (const { cancelled } of await exits(handles))
      assert.match(cancelled!, /cancelled outside of facecom/);
    assert.deepEqual(names(3).map(starts), [1, 0, 0]);
    assert.equal(calls('sbatch').length, 1);
  });

  test('a job that was preempted and put back into the queue is interrupted at once; what was to follow is submitted again', async (t) => {
    const { make, start, starts, names, fake, folder } = await scene(t, { trainer: WAITS, ...OWN });
    const handles = start(make({ perJob: 2, visibility: 60 }), 2);
    await handles[0]!.begun;
    await until('the first runs', () => starts('run0-1') === 1);
    const { id } = handles[0]!.job!;
    const { pid } = JSON.parse(readFileSync(join(fake, 'jobs', id!), 'utf8'));
    writeFileSync(join(folder, 'go-run1-1'), '');
    writeFileSync(join(fake, `state-${id}`), 'PENDING|BeginTime');
    process.kill(pid, 'SIGTERM');
    const [first, second] = await exits(handles);
    assert.equal(first!.explained?.class, 'interrupted');
    assert.deepEqual(second, { code: 0 });
    assert.deepEqual(names(2).map(starts), [1, 1]);
  });

  test('a job that was submitted twice runs nothing; the same job, started again, skips what has ended', async (t) => {
    const { folder, run, starts } = await scene(t, { trainer: 'sleep 0.2', ...OWN });
    mkdirSync(join(folder, 'jobs'));
    const names = ['a-1', 'b-1', 'c-1'];
    const [{ command }] = names.map(run) as [ReturnType<typeof run>];
    const batch = { key: 'k', folder: '..', runs: names, per_job: 3, command: [...command] };
    writeBatch(folder, { ...batch, env: {}, cwd: folder, grace: 1, visibility: 1 });
    // The orchestrator has taken the first one back.
    assert.equal(withdrawTask(join(folder, 'jobs'), 'k', 0), true);
    const job = (id: string) =>
      execa(process.execPath, [binary, 'job', join(folder, 'jobs/k.json'), '0', '--job', id]);
    const both = await Promise.all([job('1_0'), job('2_0')]);
    assert.equal(both.filter(({ stderr }) => /has task 1 of k/.test(stderr)).length, 1);
    assert.deepEqual(names.map(starts), [0, 1, 1]);
    const { job: winner } = JSON.parse(readFileSync(join(folder, 'jobs/k.1.claim'), 'utf8'));
    rmSync(join(folder, 'jobs/k.2.end'));
    await job(winner);
    assert.deepEqual(names.map(starts), [0, 1, 2]);
    assert.equal(withdrawTask(join(folder, 'jobs'), 'k', 1), false);
  });

  test('another command adopts jobs of several trials; what an earlier one took back without a word is submitted again', async (t) => {
    const { make, start, starts, names, folder, calls } = await scene(t, { trainer: WAITS, ...OWN });
    const gone = make({ perJob: 3 });
    start(gone, 3);
    await until('the first runs', () => starts('run0-1') === 1);
    await gone.close();
    const { key } = readJobs(folder)[0]!;
    withdrawTask(join(folder, 'jobs'), key, 2);
    const next = make({ perJob: 3 });
    assert.equal(next.unclaimed.length, 2);
    for (const name of names(3)) writeFileSync(join(folder, `go-${name}`), '');
    assert.deepEqual(await exits(start(next, 3)), Array(3).fill({ code: 0 }));
    assert.deepEqual(names(3).map(starts), [1, 1, 1]);
    assert.equal(calls('sbatch').length, 2);
  });

  test('while jobs wait at the engine only whole lists are submitted, and never more jobs at once than are allowed', async (t) => {
    const { make, start, run, calls, folder, names } = await scene(t, { trainer: WAITS, ...OWN });
    const launcher = make({ perJob: 2, parallel: 2 });
    const handles = start(launcher, 5);
    await Promise.all([handles[0]!.begun, handles[2]!.begun]);
    const late = launcher.of(0).start(run('late-1'));
    assert.match(calls('sbatch')[0]!, /--array=0-1 /);
    for (const name of [...names(5), 'late-1']) writeFileSync(join(folder, `go-${name}`), '');
    assert.deepEqual(await exits([...handles, late]), Array(6).fill({ code: 0 }));
    for (const line of calls('sbatch')) assert.doesNotMatch(line, /--array=0-[2-9]/);
  });
});

test('stop of one trial whose command is gone leaves the others of its job', async (t) => {
  const { make, start, starts, folder, names } = await scene(t, { trainer: WAITS });
  const gone = make({ perJob: 3 });
  start(gone, 3);
  await until('the first runs', () => starts('run0-1') === 1);
  await gone.close();
  const stop = (run: string) =>
    endJobs(folder, { runsIn: folder, how: 'save', run, note: () => {}, interval: 100 });
  assert.deepEqual(await stop('run2-1'), [{ run: 'run2-1', began: false }]);
  assert.deepEqual(await stop('run0-1'), [{ run: 'run0-1', began: true }]);
  await until('the next one runs', () => starts('run1-1') === 1);
  assert.deepEqual(await stop('run1-1'), [{ run: 'run1-1', began: true }]);
  assert.deepEqual(names(3).map(starts), [1, 1, 0]);
});
