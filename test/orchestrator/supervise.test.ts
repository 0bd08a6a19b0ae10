import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../../src/base/errors.ts';
import { liveness } from '../../src/base/process.ts';
import type { Exit } from '../../src/orchestrator/launchers/launcher.ts';
import { LocalLauncher } from '../../src/orchestrator/launchers/local.ts';
import { limitLog } from '../../src/orchestrator/log-limit.ts';
import { type SuperviseOptions, supervise } from '../../src/orchestrator/supervise.ts';
import { type Event, readState } from '../../src/record/index.ts';
import { isAlive, until } from '../support/external.ts';
import { temporaryFolder } from '../support/program.ts';

const local = new LocalLauncher();

async function place(t: TestContext, script: string, options: Partial<SuperviseOptions> = {}) {
  const runDir = await temporaryFolder(t);
  const body = `cd "$FACECOM_RUN_DIR"; event() { echo "$1" >> events.jsonl; }\n${script}`;
  const stop = new AbortController();
  const kill = new AbortController();
  const events: Event[] = [];
  return {
    runDir,
    stop,
    kill,
    events,
    states: () => readState(runDir),
    supervise: () =>
      supervise({
        runDir,
        start: () => local.start({ runDir, command: ['/bin/sh', '-c', body], env: {}, cwd: '/' }),
        started: { launcher: 'local', devices: ['cpu'], attempt: 1 },
        stop: stop.signal,
        kill: kill.signal,
        onEvent: (event) => events.push(event),
        ...options,
      }),
  };
}

const FINISHED = `event '{"type":"finished","time":5,"metrics":{"val/combined":0.5}}'`;

test('its finished event is the trainer’s word, whatever its exit code', async (t) => {
  const run = await place(t, `${FINISHED}; exit 7`);
  const outcome = await run.supervise();
  assert.ok(outcome.status === 'finished');
  assert.deepEqual(outcome.metrics, { 'val/combined': 0.5 });
  const [started, finished] = run.states();
  assert.deepEqual([started!.state, started!.devices, started!.attempt], ['started', ['cpu'], 1]);
  assert.equal(
    liveness({ pid: started!.orchestrator!.pid, ...started!.orchestrator, host: started!.host }),
    'alive',
  );
  assert.deepEqual([finished!.state, finished!.exit_code], ['finished', 7]);
});

test('what an earlier start told is not taken for this one’s, by its place and not by the clock', async (t) => {
  const run = await place(
    t,
    `event '{"type":"failed","time":7,"code":"nan","class":"nan","message":"no number"}'; exit 1`,
  );
  writeFileSync(
    join(run.runDir, 'events.jsonl'),
    '{"type":"failed","time":99999999999999,"code":"oom","message":"earlier"}\n{"torn',
  );
  const outcome = await run.supervise();
  assert.ok(outcome.status === 'failed');
  assert.deepEqual(outcome.failure, { class: 'nan', code: 'nan', message: 'no number' });
  assert.equal(run.events.length, 1);
});

test('one that stops in good order unasked was interrupted, whatever is in its log', async (t) => {
  const script = (event: string, code: number) => `echo 'stopped (SIGTERM)'; event '${event}'; exit ${code}`;
  for (const [event, code, kind, message] of [
    ['{"type":"stopped","time":7,"reason":"SIGTERM"}', 0, 'interrupted', /from outside \(SIGTERM\)/],
    ['{"type":"stopped","time":7}', 0, 'interrupted', /from outside\.$/],
    ['{"type":"stopped","time":7}', 3, 'code', /exited with code 3/],
    ['{"type":"progress","time":7,"done":1,"total":2}', 0, 'code', /without a finished event/],
  ] as const) {
    const outcome = await (await place(t, script(event, code))).supervise();
    assert.ok(outcome.status === 'failed');
    assert.equal(outcome.failure.class, kind);
    assert.match(outcome.failure.message, message);
  }
});

test('lines that cannot be read are warnings, and are counted and named in the failure', async (t) => {
  const run = await place(
    t,
    `event '{"type":"metric","time":7,"step":1,"values":{"val/combined":"high","val/loss":NaN}}'
event 'Traceback:'
event '{"type":"finished","time":7}'
event '{"type":"toString","time":7}'`,
  );
  const outcome = await run.supervise();
  assert.ok(outcome.status === 'failed');
  assert.match(
    outcome.failure.message,
    /code 0 without a finished event.*\(4 problems in events\.jsonl: line 1 gives/,
  );
  assert.match(
    outcome.failure.message,
    /line 2 is no JSON object: "Traceback:"; line 3 is of type finished, but has no metrics/,
  );
  assert.deepEqual(
    run.events.map((event) => (event.type === 'warning' ? event.code : event.type)),
    ['record-value', 'metric', 'record-line', 'record-line', 'record-line'],
  );
  const [, metric] = run.events;
  assert.ok(metric?.type === 'metric');
  assert.deepEqual(metric.values, { 'val/loss': Number.NaN });
});

test('a trainer that finds its run finished has finished', async (t) => {
  const run = await place(t, 'exit 0');
  writeFileSync(join(run.runDir, 'events.jsonl'), '{"type":"finished","time":1,"metrics":{"a":1}}\n');
  assert.equal((await run.supervise()).status, 'finished');
});

test('one that is late is timeout, one that is silent is lost', async (t) => {
  const late = await place(t, 'while :; do sleep 0.02; done', { timeout: 0.2 });
  const outcome = await late.supervise();
  assert.ok(outcome.status === 'failed');
  assert.deepEqual([outcome.failure.class, late.states().at(-1)!.class], ['timeout', 'timeout']);
  const silent = await place(
    t,
    `event '{"type":"warning","time":1,"code":"a","message":"b"}'; exec sleep 300`,
    { silence: 0.3 },
  );
  const lost = await silent.supervise();
  assert.ok(lost.status === 'failed');
  assert.equal(lost.failure.class, 'lost');
  assert.match(lost.failure.message, /no event for 0\.3 seconds/);
  // Longer than a timer can be set for is not at once.
  const patient = await place(t, `sleep 0.1; ${FINISHED}`, { timeout: 1e7, grace: 1e7 });
  assert.equal((await patient.supervise()).status, 'finished');
});

test('asked to stop it has the grace; told to kill it has none', async (t) => {
  const deaf = `trap '' TERM; echo > ready; while :; do sleep 0.02; done`;
  const graceful = await place(t, deaf, { grace: 0.1 });
  const stopping = graceful.supervise();
  await until('it runs', () => existsSync(join(graceful.runDir, 'ready')));
  graceful.stop.abort();
  assert.equal((await stopping).status, 'stopped');
  const killed = await place(t, deaf);
  const killing = killed.supervise();
  await until('it runs', () => existsSync(join(killed.runDir, 'ready')));
  killed.stop.abort();
  killed.kill.abort();
  assert.equal((await killing).status, 'stopped');
  assert.equal(killed.states().at(-1)!.signal, 'SIGKILL');
});

test('where the start cannot be written down, the trainer is ended and the reason given', async (t) => {
  const run = await place(t, '');
  const elsewhere = await temporaryFolder(t);
  let pid = 0;
  const start = () => {
    rmSync(run.runDir, { recursive: true });
    const handle = local.start({ runDir: elsewhere, command: ['sleep', '300'], env: {}, cwd: '/' });
    pid = handle.pid!;
    return handle;
  };
  await assert.rejects(
    supervise({
      runDir: run.runDir,
      start,
      started: { launcher: 'local', devices: [], attempt: 1 },
      stop: run.stop.signal,
      kill: run.kill.signal,
    }),
    (error) => error instanceof FacecomError && error.code === 'run-not-writable',
  );
  assert.ok(!isAlive(pid));
});

test('a log is cut to its beginning and its end, again and again', async (t) => {
  const runDir = await temporaryFolder(t);
  const file = join(runDir, 'log.txt');
  const end = limitLog(runDir, { largest: 10_000, kept: 1000 }, 5);
  end();
  writeFileSync(file, `first\n${'x'.repeat(9000)}\n`);
  const again = limitLog(runDir, { largest: 10_000, kept: 1000 }, 5);
  for (let i = 0; i < 3; i++) {
    appendFileSync(file, `${String(i).repeat(9000)}\n`);
    await until('it was cut', () => statSync(file).size < 5000);
  }
  appendFileSync(file, 'last\n');
  again();
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^first\nx+/);
  assert.match(text, /\[facecom: \d+ bytes of this log were left out here\]\n2+\nlast\n$/);
  assert.ok(text.length < 3000);
});

test('a job that is stopped in its queue was never started; one that ran is not charged for the queue', async (t) => {
  const {
    runDir,
    stop,
    supervise: waits,
    states,
  } = await place(t, ':', {
    start: () => {
      let resolve!: (exit: Exit) => void;
      const promise = new Promise<Exit>((done) => {
        resolve = done;
      });
      const end = () => resolve({ signal: 'SIGTERM' });
      return { job: { key: 'k.0' }, begun: promise.then(() => false), exited: promise, stop: end, kill: end };
    },
  });
  const outcome = waits();
  stop.abort();
  assert.deepEqual(await outcome, { status: 'stopped' });
  assert.deepEqual(
    states().map(({ state, signal }) => [state, signal]),
    [['stopped', 'SIGTERM']],
  );
  const ran = await supervise({
    ...{ runDir, started: { launcher: 'ray', devices: ['ray'], attempt: 1 } },
    ...{ stop: new AbortController().signal, kill: new AbortController().signal },
    start: () => ({
      ...{ job: { key: 'k.1' }, begun: sleep(300, true), stop: () => {}, kill: () => {} },
      exited: sleep(320).then(() => {
        writeFileSync(join(runDir, 'events.jsonl'), '{"type":"finished","time":1,"metrics":{}}\n');
        return { code: 0 };
      }),
    }),
  });
  assert.ok(ran.status === 'finished' && ran.seconds < 0.3);
});
