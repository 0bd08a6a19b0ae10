import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type SweepStart, stop, sweep } from '../../../src/operations/index.ts';
import { readExperiment } from '../../../src/spec/index.ts';
import { until, writeExperiment } from '../../support/external.ts';
import { temporaryFolder } from '../../support/program.ts';

/** The value of a trial is its learning rate. */
const trainer = `value=$(sed -n 's/^ *"lr": \\([0-9.]*\\),*$/\\1/p' config.json); finish "$value"`;

async function place(t: TestContext, script = trainer, more: object = {}) {
  const cwd = await temporaryFolder(t);
  const name = writeExperiment(cwd, script, {
    resources: { max_parallel: 2 },
    more: { sweep: { axes: { 'optimizer.lr': [0.1, 0.2, 0.3] } }, ...more },
  });
  const file = join(cwd, name);
  const spec = await readExperiment(file);
  return { cwd, spec, options: { file, cwd, runs: join(cwd, 'runs') } };
}

const silentWatcher = {
  started: () => {},
  event: () => {},
  retry: () => {},
  ended: () => {},
  paused: () => {},
  note: () => {},
  close: () => {},
};

test('a sweep is a value: counts, points, the best; run again there is nothing to do', async (t) => {
  const { spec, options } = await place(t);
  const starts: SweepStart[] = [];
  const watch = (start: SweepStart) => {
    starts.push(start);
    return silentWatcher;
  };
  const first = await sweep(spec, { ...options, watch });
  assert.equal(first.status, 'ended');
  assert.deepEqual([first.trials, first.finished, first.failed, first.skipped], [3, 3, 0, 0]);
  assert.deepEqual(first.points[0]!.axes, { 'optimizer.lr': 0.3 });
  assert.equal(starts[0]!.plan.work.length, 3);
  const second = await sweep(spec, { ...options, watch });
  assert.deepEqual([second.finished, second.skipped], [3, 3]);
  assert.equal(starts[1]!.plan.work.length, 0);
  assert.ok(!existsSync(join(options.runs, 'exp', 'lock.json')));
});

test('the threads of trials follow from the spec and the machine, not from how many are left', async (t) => {
  const { spec, cwd, options } = await place(t, `echo "$FACECOM_THREADS" >> "../threads"; ${trainer}`);
  const slots: number[] = [];
  const watch = ({ slots: places }: SweepStart) => {
    slots.push(places.length);
    return silentWatcher;
  };
  const one = await readExperiment(options.file, { set: ['sweep.axes={optimizer.lr: [0.1, 0.2]}'] });
  await sweep(one, { ...options, watch });
  await sweep(spec, { ...options, watch });
  const threads = readFileSync(join(cwd, 'runs', 'exp', 'threads'), 'utf8')
    .trim()
    .split('\n');
  assert.equal(threads.length, 3);
  assert.equal(new Set(threads).size, 1, threads.join());
  assert.equal(slots[0], slots[1]);
});

test('when a step fails, what was set up before it is taken down', async (t) => {
  const { spec, options } = await place(t);
  const watch = () => {
    throw new Error('no view');
  };
  await assert.rejects(sweep(spec, { ...options, watch }), /no view/);
  assert.ok(!existsSync(join(options.runs, 'exp', 'lock.json')));
});

test('stop ends an orchestrator of this process like any other', async (t) => {
  const { spec, options, cwd } = await place(
    t,
    `trap 'exit 0' TERM; : > begun; while :; do sleep 0.05; done`,
    { sweep: { axes: { 'optimizer.lr': [0.1] } } },
  );
  const running = sweep(spec, options);
  const begun = () => existsSync(join(cwd, 'runs', 'exp'));
  await until('the sweep has begun', begun);
  const { scanRuns } = await import('../../../src/record/index.ts');
  const runs = () => [...scanRuns(join(options.runs, 'exp'))];
  await until('the trial runs', () => runs().some(({ dir }) => existsSync(join(dir, 'begun'))));
  const { how } = await stop(runs()[0]!.dir, { runs: options.runs });
  assert.equal(how, 'request');
  assert.equal((await running).finished, 0);
});

test('a resumed trial keeps the threads that it was started with', async (t) => {
  const script = `echo "$FACECOM_THREADS" >> threads; [ $(wc -l < threads) -gt 1 ] || kill -9 $$; ${trainer}`;
  const { options } = await place(t, script, {
    sweep: { axes: { 'optimizer.lr': [0.1] } },
    resources: { retry: { killed: 0 } },
  });
  const read = (cpus: number) => readExperiment(options.file, { set: [`resources.cpus=${cpus}`] });
  const first = await sweep(await read(2), options);
  assert.equal(first.failed, 1);
  const second = await sweep(await read(1), { ...options, failed: true });
  assert.equal(second.finished, 1);
  const [trial] = second.rows;
  assert.deepEqual(readFileSync(join(trial!.runDir!, 'threads'), 'utf8'), '2\n2\n');
});
