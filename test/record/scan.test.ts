import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { markProcess } from '../../src/base/process.ts';
import { newestRuns, runStatus, type StateEntry, scanRun, scanRuns } from '../../src/record/index.ts';
import { temporaryFolder } from '../support/program.ts';

const objective = { metric: 'val/combined', mode: 'max' as const };

async function sweepFolder(t: TestContext) {
  const folder = join(await temporaryFolder(t), 'exp');
  mkdirSync(folder);
  /** Makes a run folder. */
  const run = (name: string, states: Omit<StateEntry, 'time'>[], events: object[] = []) => {
    const dir = join(folder, name);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'config.json'), '{}');
    const lines = (of: object[]) => of.map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(
      join(dir, 'state.jsonl'),
      lines(states.map((entry, i) => ({ time: 1000 * (i + 1), ...entry }))),
    );
    writeFileSync(join(dir, 'events.jsonl'), lines(events.map((event) => ({ time: 5, ...event }))));
    return dir;
  };
  return { folder, run };
}

const metric = (step: number, value: number | string) => ({
  type: 'metric',
  step,
  epoch: step,
  values: { 'val/combined': value, 'train/loss': 1 / step },
});
const finished = (value: number) => ({ type: 'finished', metrics: { 'val/combined': value } });
const gone = {
  pid: 99,
  host: markProcess().host,
  process: 'an earlier boot',
  orchestrator: { pid: 98, process: 'too' },
};
const here = { ...markProcess(), orchestrator: { pid: process.pid, process: markProcess().process } };

test('tells each status by the state, the events and the processes', async (t) => {
  const { folder, run } = await sweepFolder(t);
  run('a-1', [{ state: 'queued' }]);
  run('b-1', [{ state: 'queued' }, { state: 'started', ...here, devices: ['gpu:1'] }], [metric(1, 0.5)]);
  run('c-1', [{ state: 'queued' }, { state: 'started', ...gone }], [metric(1, 0.5)]);
  // Its orchestrator did not live to write it down.
  run('d-1', [{ state: 'queued' }, { state: 'started', ...gone }], [metric(1, 0.5), finished(0.6)]);
  run('e-1', [
    { state: 'started', ...gone },
    { state: 'failed', class: 'oom', code: 'oom', message: 'full' },
  ]);
  run('f-1', [
    { state: 'started', ...here },
    { state: 'failed', class: 'oom' },
    { state: 'retried', class: 'oom' },
  ]);
  run('g-1', [
    { state: 'started', ...gone },
    { state: 'failed', class: 'oom' },
    { state: 'retried', class: 'oom' },
  ]);
  run('h-1', [
    { state: 'started', ...gone },
    { state: 'stopped', message: 'asked' },
  ]);
  run(
    'i-1',
    [
      { state: 'started', ...gone },
      { state: 'failed', class: 'oom' },
      { state: 'retried' },
      { state: 'started', ...gone },
      { state: 'finished', seconds: 2.5 },
    ],
    [finished(0.7)],
  );
  // Started by hand: there is no orchestrator.
  run('j-1', [], [finished(0.8)]);
  // Nor to write down that it had started it.
  run('l-1', [{ state: 'queued' }], [metric(1, 0.5), finished(0.9)]);
  run('k-1', [{ state: 'started', ...gone }, { state: 'stopped' }, { state: 'queued' }]);
  const all = [...scanRuns(folder, { objective, now: 10_000 })];
  const status = Object.fromEntries(all.map(({ trial, status }) => [trial, status]));
  assert.deepEqual(status, {
    a: 'queued',
    b: 'running',
    c: 'interrupted',
    d: 'finished',
    e: 'failed',
    f: 'retrying',
    g: 'interrupted',
    h: 'stopped',
    i: 'finished',
    j: 'finished',
    k: 'queued',
    l: 'finished',
  });
  const by = Object.fromEntries(all.map((run) => [run.trial, run]));
  assert.deepEqual([by.b!.devices, by.b!.seconds, by.b!.epoch, by.b!.best], [['gpu:1'], 8, 1, 0.5]);
  assert.deepEqual([by.d!.best, by.d!.metrics], [0.6, { 'val/combined': 0.6 }]);
  assert.deepEqual([by.e!.class, by.e!.code, by.e!.message], ['oom', 'oom', 'full']);
  assert.deepEqual(
    [by.i!.class, by.i!.starts, by.i!.retries, by.i!.seconds, by.i!.best],
    [undefined, 2, 1, 3.5, 0.7],
  );
  assert.deepEqual(by.a!.seconds, undefined);
  for (const { dir, status } of all) if (status !== 'finished') assert.equal(runStatus(dir), status);
});

test('the best so far and the last value of each metric, in whichever direction; NaN is no best', async (t) => {
  const { folder, run } = await sweepFolder(t);
  run(
    'a-1',
    [{ state: 'started', ...here }],
    [
      metric(1, 0.2),
      metric(2, 0.9),
      metric(3, 'NaN'),
      metric(4, 0.4),
      { type: 'progress', done: 4, total: 9, unit: 'steps' },
    ],
  );
  const [high] = scanRuns(folder, { objective });
  assert.deepEqual(
    [high!.best, high!.epoch, high!.metrics],
    [0.9, 4, { 'val/combined': 0.4, 'train/loss': 0.25 }],
  );
  assert.deepEqual([high!.progress?.done, high!.progress?.total], [4, 9]);
  const [low] = scanRuns(folder, { objective: { ...objective, mode: 'min' } });
  assert.equal(low!.best, 0.2);
});

test('what is no run is passed over; a folder that was moved is still one', async (t) => {
  const { folder, run } = await sweepFolder(t);
  mkdirSync(join(folder, 'half-made-1'));
  mkdirSync(join(folder, '.hidden-1'));
  writeFileSync(join(folder, 'file-1'), '');
  writeFileSync(join(folder, 'sweep.json'), '{}');
  assert.deepEqual([...scanRuns(folder)], []);
  assert.deepEqual([...scanRuns(join(folder, 'absent'))], []);
  const moved = run('kept', [{ state: 'finished' }], [finished(1)]);
  assert.deepEqual([scanRun(moved)!.trial, scanRun(moved)!.status], ['kept', 'finished']);
});

test('one run stands for each trial: the newest, unless only an older one has finished', async (t) => {
  const { folder, run } = await sweepFolder(t);
  const failed: Omit<StateEntry, 'time'>[] = [{ state: 'failed', class: 'code' }];
  run('a-1', failed);
  run('a-2', failed);
  run('b-1', [], [finished(1)]);
  run('b-2', failed);
  run('c-9', [], [finished(1)]);
  run('c-10', [], [finished(2)]);
  run('d-1', [], [finished(1)]);
  run('d-2', [{ state: 'started', ...here }]);
  const runs = newestRuns(scanRuns(folder));
  assert.deepEqual([...runs.values()].map(({ trial, attempt }) => `${trial}-${attempt}`).sort(), [
    'a-2',
    'b-1',
    'c-10',
    'd-2',
  ]);
});

test('no state and no events, whatever they hold, make the scan fail', async (t) => {
  const { folder, run } = await sweepFolder(t);
  const dir = run('a-1', []);
  const states = ['queued', 'started', 'failed', 'retried', 'stopped', 'finished', 'other'];
  const keys = ['time', 'pid', 'host', 'process', 'devices', 'orchestrator', 'class', 'message', 'seconds'];
  const entry = fc.tuple(fc.constantFrom(...states), fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()));
  const event = fc.tuple(
    fc.constantFrom('metric', 'finished', 'progress'),
    fc.dictionary(fc.constantFrom('values', 'metrics', 'step', 'epoch', 'done', 'total'), fc.jsonValue()),
  );
  fc.assert(
    fc.property(fc.array(entry), fc.array(event), fc.string(), (entries, events, torn) => {
      writeFileSync(
        join(dir, 'state.jsonl'),
        entries.map(([state, more]) => `${JSON.stringify({ ...more, state })}\n`).join(''),
      );
      writeFileSync(
        join(dir, 'events.jsonl'),
        events.map(([type, more]) => `${JSON.stringify({ ...more, type })}\n`).join(''),
      );
      appendFileSync(join(dir, 'state.jsonl'), torn);
      const [summary] = scanRuns(folder, { objective });
      assert.ok(summary === undefined || typeof summary.status === 'string');
      JSON.stringify(summary);
    }),
    { numRuns: 300 },
  );
});

test('a run of another container is running for as long as its lock shows signs of life', async (t) => {
  const { folder, run } = await sweepFolder(t);
  const [boot] = markProcess().process!.split(':');
  const mark = { pid: process.pid, host: markProcess().host, process: `${boot}:1:12345` };
  run('a-1', [{ state: 'started', ...mark, orchestrator: { pid: mark.pid, process: mark.process } }]);
  const status = () => scanRun(join(folder, 'a-1'))?.status;
  assert.equal(status(), 'interrupted');
  const lock = join(folder, 'lock.json');
  writeFileSync(lock, JSON.stringify(mark));
  assert.equal(status(), 'running');
  const old = new Date(Date.now() - 90_000);
  utimesSync(lock, old, old);
  assert.equal(status(), 'interrupted');
});
