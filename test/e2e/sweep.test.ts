import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readState, type StateEntry, scanRuns } from '../../src/record/index.ts';
import { fakeNvidiaSmi } from '../machine/support/fake-smi.ts';
import { isAlive, start, until, writeExperiment } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

/** Finishes with 100 × the learning rate + the seed; `$1` before it. */
const VALUE = `
lr=$(sed -n 's/^ *"lr": \\([0-9.e-]*\\),*$/\\1/p' config.json)
seed=$(sed -n 's/^  "seed": \\([0-9]*\\),*$/\\1/p' config.json)
finish $(awk "BEGIN { print 100 * $lr + $seed }")
`;

const SWEEP = { seed: 1, sweep: { repeats: 2, axes: { 'optimizer.lr': [0.01, 0.03, 0.02] } } };

async function place(t: TestContext, script: string, options: Parameters<typeof writeExperiment>[2] = {}) {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, script, { name: 'exp', ...options, more: { ...SWEEP, ...options.more } });
  const env: Record<string, string> = {};
  return {
    cwd,
    spec,
    env,
    sweep: (...more: string[]) => facecom(['sweep', spec, '--json', ...more], { cwd, env }),
    folder: join(cwd, 'runs', 'exp'),
    runs: () => [...scanRuns(join(cwd, 'runs', 'exp'))],
  };
}

const starts = (dir: string): StateEntry[] => readState(dir).filter(({ state }) => state === 'started');

test('a sweep runs its trials once, says what is best, and a second time has nothing to do', async (t) => {
  const { cwd, sweep, runs, folder } = await place(t, VALUE);
  const { exitCode, json, stdout } = await sweep('--max-parallel', '2');
  assert.equal(exitCode, 0, stdout);
  const summary = json.at(-1);
  assert.deepEqual(
    [summary.sweep, summary.trials, summary.finished, summary.failed, summary.skipped],
    ['exp', 6, 6, 0, 0],
  );
  // The mean of the two seeds; the interval by Student's t for one degree of freedom.
  assert.equal(summary.best.axes['optimizer.lr'], 0.03);
  assert.equal(summary.best.value, 4.5);
  assert.equal(summary.best.config.optimizer.lr, 0.03);
  assert.ok(Math.abs(summary.best.interval[1] - (4.5 + 12.706204736174694 * 0.5)) < 1e-9);
  assert.ok(stdout.split('\n').every((line) => line.startsWith('{')));
  assert.equal(json.filter(({ type }) => type === 'finished').length, 6);
  assert.equal(runs().length, 6);
  assert.ok(!existsSync(join(folder, 'lock.json')));

  const again = (await sweep()).json.at(-1);
  assert.deepEqual([again.finished, again.skipped, again.best.value], [6, 6, 4.5]);
  assert.ok(runs().every(({ dir }) => starts(dir).length === 1));

  // Under another name: linked, not run; what is new there is run.
  const other = await facecom(
    [
      'sweep',
      'exp.yaml',
      '--json',
      '--set',
      'name=other',
      '--set',
      'sweep.axes={optimizer.lr: [0.03, 0.04]}',
    ],
    { cwd },
  );
  const linked = other.json.at(-1);
  assert.deepEqual([linked.trials, linked.finished, linked.linked, linked.best.value], [4, 4, 2, 5.5]);
  const links = readdirSync(join(cwd, 'runs', 'other')).filter((name) => /-1$/.test(name));
  assert.equal(links.length, 4);
  const inside = links.filter((name) =>
    realpathSync(join(cwd, 'runs', 'other', name)).includes('/runs/exp/'),
  );
  assert.equal(inside.length, 2);

  const forced = (await sweep('--force')).json.at(-1);
  assert.deepEqual([forced.finished, forced.skipped], [6, 0]);
  assert.equal(runs().length, 12);
});

test('a changed spec: what is the same is kept, what is new is run, what is gone is left and named', async (t) => {
  const { cwd, sweep, runs } = await place(t, VALUE);
  await sweep();
  const { json, stderr } = await sweep(
    '--set',
    'sweep.axes={optimizer.lr: [0.02, 0.05]}',
    '--set',
    'tags={a: b}',
  );
  const summary = json.at(-1);
  assert.deepEqual([summary.trials, summary.finished, summary.skipped, summary.vanished], [4, 4, 2, 4]);
  assert.match(stderr, /not in the spec any more, and left as they are: \w+-1/);
  assert.equal(runs().length, 8);
  // resume asks for what the last sweep asked for.
  const resumed = await facecom(['resume', 'exp', '--json'], { cwd });
  assert.deepEqual([resumed.exitCode, resumed.json.at(-1).skipped], [0, 4]);
});

test('some trials fail: the others continue, exit 3, and only --failed runs them again', async (t) => {
  const { sweep, cwd, runs } = await place(
    t,
    `[ -e ${'"$OLDPWD"'}/fixed ] || grep -q '"lr": 0.03' config.json && { echo "boom" >&2; exit 4; }\n${VALUE}`.replace(
      '[ -e "$OLDPWD"/fixed ] || ',
      '[ ! -e "$FACECOM_RUN_DIR/../../../fixed" ] && ',
    ),
  );
  const first = await sweep();
  assert.equal(first.exitCode, 3, first.stdout);
  assert.deepEqual([first.json.at(-1).finished, first.json.at(-1).failed], [4, 2]);
  writeFileSync(join(cwd, 'fixed'), '');
  const kept = await sweep();
  assert.deepEqual([kept.exitCode, kept.json.at(-1).failed, kept.json.at(-1).skipped], [3, 2, 4]);
  const again = await sweep('--failed');
  assert.deepEqual([again.exitCode, again.json.at(-1).finished, again.json.at(-1).best.value], [0, 6, 4.5]);
  // A fault of the code: begun anew in a folder of its own, and the failed one is kept.
  assert.equal(runs().length, 8);
});

test('the same fault in three trials running stops the sweep with the reason', async (t) => {
  const { sweep, runs } = await place(t, 'echo "no such module: x$$" >&2; exit 1');
  const { exitCode, json } = await sweep('--max-parallel', '1');
  const summary = json.at(-1);
  assert.equal(exitCode, 1);
  assert.deepEqual([summary.status, summary.failed, summary.pending], ['halted', 3, 3]);
  assert.match(summary.reason, /3 trials running failed in the same way \(code\).*no such module/);
  assert.equal(runs().filter(({ status }) => status === 'failed').length, 3);
});

test('the first Ctrl-C lets trainers save and exits 130; the same command continues', async (t) => {
  const { spec, cwd, sweep, runs, folder } = await place(
    t,
    `[ -e checkpoints/last ] && { ${VALUE} exit 0; }
trap 'touch checkpoints/last; exit 0' TERM
event '{"type":"progress","time":1,"done":1,"total":2,"unit":"steps"}'
while :; do sleep 0.05; done`,
  );
  const program = start(['sweep', spec, '--json', '--max-parallel', '2'], cwd);
  await until(
    'two trials run',
    () => runs().filter(({ status, progress }) => status === 'running' && progress).length === 2,
  );
  const second = await sweep();
  assert.equal(second.exitCode, 2);
  assert.match(second.stderr, new RegExp(`error\\[locked\\][^]*process ${program.pid}, since`));
  program.kill('SIGINT');
  const { exitCode, stdout } = await program;
  assert.equal(exitCode, 130);
  const summary = JSON.parse(stdout.trim().split('\n').at(-1)!);
  assert.deepEqual([summary.status, summary.finished, summary.pending], ['interrupted', 0, 6]);
  assert.equal(runs().filter(({ status }) => status === 'stopped').length, 2);
  assert.ok(!existsSync(join(folder, 'lock.json')));
  for (const { dir } of runs()) writeFileSync(join(dir, 'checkpoints', 'last'), '');
  writeFileSync(
    join(cwd, 'exp.sh'),
    readFileSync(join(cwd, 'exp.sh'), 'utf8').replace('[ -e checkpoints/last ]', 'true'),
  );
  const resumed = await sweep();
  assert.deepEqual([resumed.exitCode, resumed.json.at(-1).finished, resumed.json.at(-1).skipped], [0, 6, 0]);
  // In the same folders.
  assert.equal(runs().length, 6);
});

test('the folder of a run that waits is removed: it is made anew, and the sweep continues', async (t) => {
  const { spec, cwd, runs } = await place(
    t,
    `event '{"type":"progress","time":1,"done":1,"total":2,"unit":"steps"}'
until [ -e ../../../go ]; do sleep 0.02; done
${VALUE}`,
  );
  const program = start(['sweep', spec, '--json', '--max-parallel', '1'], cwd);
  await until('one runs, and the next is made ahead', () => {
    const statuses = runs().map(({ status }) => status);
    return statuses.includes('running') && statuses.includes('queued');
  });
  for (const { status, dir } of runs()) if (status === 'queued') rmSync(dir, { recursive: true });
  writeFileSync(join(cwd, 'go'), '');
  const { exitCode, stdout, stderr } = await program;
  assert.equal(exitCode, 0, stderr);
  assert.equal(JSON.parse(stdout.trim().split('\n').at(-1)!).finished, 6);
  assert.doesNotMatch(stderr, /internal error/);
  assert.ok(runs().every(({ status, attempt }) => status === 'finished' && attempt === 1));
});

test('SIGKILL of the orchestrator leaves no trainer and no child of one; resume loses and repeats nothing', async (t) => {
  const { spec, cwd, runs } = await place(
    t,
    `grep -q '"lr": 0.01' config.json && { ${VALUE} exit 0; }
[ -e ../../../again ] && { ${VALUE} exit 0; }
sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 0.1; done' &
trap 'exit 0' TERM
event '{"type":"progress","time":1,"done":1,"total":2,"unit":"steps"}'
while :; do sleep 0.05; done`,
  );
  const program = start(['sweep', spec, '--max-parallel', '2'], cwd);
  const hanging = () => runs().filter(({ dir }) => existsSync(join(dir, 'child')) && starts(dir).length > 0);
  await until('two trials hang', () => hanging().length === 2);
  const pids = hanging().flatMap(({ dir }) => [
    starts(dir).at(-1)!.pid!,
    Number(readFileSync(join(dir, 'child'), 'utf8')),
  ]);
  assert.ok(pids.every(isAlive));
  process.kill(program.pid!, 'SIGKILL');
  await program;
  await until('every process has ended', () => !pids.some(isAlive));
  writeFileSync(join(cwd, 'again'), '');
  const resumed = await facecom(['resume', 'exp', '--json'], { cwd, timeout: 60_000 });
  const summary = resumed.json.at(-1);
  assert.deepEqual([resumed.exitCode, summary.finished, summary.skipped], [0, 6, 2], resumed.stderr);
  assert.equal(summary.best.value, 4.5);
  assert.equal(runs().length, 6);
  assert.ok(runs().every(({ dir, devices }) => starts(dir).length <= 2 && devices.length === 1));
});

test('eight GPUs: one trial each, a busy one left out, each sees its own only', async (t) => {
  const { cwd, spec, env, sweep, runs } = await place(
    t,
    `echo "$CUDA_VISIBLE_DEVICES $FACECOM_THREADS" > seen; sleep 0.3; ${VALUE}`,
    { more: { sweep: { repeats: 1, axes: { 'optimizer.lr': [1, 2, 3, 4, 5, 6, 7].map((n) => n / 100) } } } },
  );
  const gpus = Array.from({ length: 8 }, (_, i) => ({
    uuid: `GPU-${i}`,
    ...(i === 2 ? { processes: [{ pid: 1, name: 'python', used: 4000 }] } : {}),
  }));
  env.PATH = fakeNvidiaSmi(cwd, gpus);
  const { exitCode, stderr } = await sweep();
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /gpu:2 is left out: process 1 \(python\) computes on it/);
  assert.match(stderr, /7 at a time/);
  const seen = runs().map(({ dir }) => readFileSync(join(dir, 'seen'), 'utf8').split(' ')[0]);
  assert.deepEqual(
    seen.sort(),
    [0, 1, 3, 4, 5, 6, 7].map((i) => `GPU-${i}`),
  );
  // Two share one.
  rmSync(join(cwd, 'runs'), { recursive: true });
  const shared = await facecom(
    ['sweep', spec, '--json', '--set', 'resources.gpus=0.5', '--set', 'resources.device=gpu:2'],
    { cwd, env },
  );
  assert.equal(shared.exitCode, 0, shared.stderr);
  assert.match(shared.stderr, /2 at a time on gpu:2/);
  assert.ok(runs().every(({ dir }) => readFileSync(join(dir, 'seen'), 'utf8').startsWith('GPU-2 ')));
});

test('a GPU that disappears between trials: its trials continue elsewhere', async (t) => {
  const { cwd, env, sweep } = await place(
    t,
    `n=$(ls -d ../*-1 | wc -l)
[ -e ../../../gone ] && [ "$CUDA_VISIBLE_DEVICES" = GPU-1 ] && { echo "no CUDA-capable device is detected"; exit 1; }
[ "$CUDA_VISIBLE_DEVICES" = GPU-1 ] && { cp ../../../one ../../../nvidia-smi; touch ../../../gone; sleep 0.5; }
sleep 0.2; ${VALUE}`,
  );
  fakeNvidiaSmi(cwd, [{ uuid: 'GPU-0' }]);
  writeFileSync(join(cwd, 'one'), readFileSync(join(cwd, 'nvidia-smi')), { mode: 0o755 });
  env.PATH = fakeNvidiaSmi(cwd, [{ uuid: 'GPU-0' }, { uuid: 'GPU-1' }]);
  const { exitCode, json, stderr } = await sweep();
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.at(-1).finished, 6);
  assert.match(stderr, /gpu:1 is gone/);
});

test('a run that facecom run is at work on is left to it', async (t) => {
  const { cwd, spec, sweep, runs } = await place(
    t,
    `[ -e ../../../quick ] || while :; do sleep 0.1; done\n${VALUE}`,
  );
  const single = start(['run', spec, '--set', 'optimizer.lr=0.01'], cwd);
  await until('it runs', () => runs()[0]?.status === 'running');
  writeFileSync(join(cwd, 'quick'), '');
  const { pid } = starts(runs()[0]!.dir)[0]!;
  const { exitCode, json, stderr } = await sweep();
  const summary = json.at(-1);
  assert.deepEqual([exitCode, summary.finished, summary.pending], [3, 5, 1], stderr);
  assert.match(stderr, /is left to the process that runs it/);
  assert.ok(isAlive(pid!));
  process.kill(single.pid!, 'SIGTERM');
  await single;
  await until('the trainer has ended', () => !isAlive(pid!));
  assert.equal((await sweep()).exitCode, 0);
});

test('a fault of the machine pauses the sweep, which continues when it is over', async (t) => {
  const { sweep, runs } = await place(
    t,
    `[ -e ../../../was ] || { touch ../../../was; echo "No space left on device" >&2; exit 1; }\n${VALUE}`,
  );
  const { exitCode, json } = await sweep('--max-parallel', '1');
  assert.equal(exitCode, 0);
  const types = json.map(({ type }) => type);
  assert.ok(types.indexOf('paused') < types.indexOf('unpaused') && types.includes('paused'));
  assert.equal(json.find(({ type }) => type === 'retry').class, 'infrastructure');
  assert.equal(
    runs().reduce((sum, { retries }) => sum + retries, 0),
    1,
  );
});

test('nothing is launched where runs cannot be written', async (t) => {
  const { cwd, sweep } = await place(t, VALUE);
  writeFileSync(join(cwd, 'file'), '');
  const { exitCode, json } = await sweep('--runs', 'file');
  assert.equal(exitCode, 2);
  assert.equal(json.at(-1).error.code, 'runs-not-writable');
});
