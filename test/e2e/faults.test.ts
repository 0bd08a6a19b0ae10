import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import { isAlive, runOf, start, until, writeExperiment } from '../support/external.ts';
import { binary, facecom, temporaryFolder } from '../support/program.ts';
import { smallDisk, withoutSmallDisk } from '../support/small-disk.ts';

async function place(t: TestContext, script: string, options: Parameters<typeof writeExperiment>[2] = {}) {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, script, options);
  return { cwd, spec, run: (...more: string[]) => facecom(['run', spec, '--json', ...more], { cwd }) };
}

const statesOf = (cwd: string) =>
  runOf(cwd)
    .states()
    .map(({ state }) => state);

test('a command that is not there is reported before anything is launched', async (t) => {
  const { cwd, spec } = await place(t, 'finish');
  for (const [command, found] of [
    ['["no-such-program"]', /no-such-program was not found/],
    ['["./absent.sh"]', /absent\.sh was not found/],
    ['["./exp.yaml"]', /exp\.yaml was not found/],
    ['["python3", "absent.py"]', /absent\.py was not found/],
  ] as const) {
    const { exitCode, stderr } = await facecom(['run', spec, '--set', `trainer.command=${command}`], { cwd });
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /error\[trainer-missing\]/);
    assert.match(stderr, found);
    assert.ok(!existsSync(join(cwd, 'runs')));
  }
});

test('an exit code of 0 without a finished event is a failure', async (t) => {
  const { cwd, run } = await place(t, 'echo did nothing');
  const { exitCode, json } = await run();
  assert.equal(exitCode, 1);
  const { status, error } = json.at(-1);
  assert.equal(status, 'failed');
  assert.equal(error.class, 'code');
  assert.match(error.message, /exited with code 0 without a finished event.*did nothing/);
  assert.deepEqual(statesOf(cwd), ['queued', 'started', 'failed']);
});

test('broken events are passed over, whatever they are, and a clock that jumps changes nothing', async (t) => {
  const { run } = await place(
    t,
    `event 'no json'; event '[]'; event null; event '{"type":"metric"}'; event '{"type":"other"}'
     event '{"type":"metric","time":"noon","step":1,"values":7}'
     event '{"type":"metric","time":99999999999999,"step":2,"values":{"val/combined":"NaN"}}'
     head -c 300000 /dev/urandom >> events.jsonl; echo >> events.jsonl
     head -c 3000000 /dev/zero | tr '\\0' x >> events.jsonl; echo >> events.jsonl
     finish 0.75`,
  );
  const { exitCode, json, stderr } = await run();
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(json.at(-1).metrics, { 'val/combined': 0.75 });
});

test('what a trainer writes with Python’s json.dumps is read; what is wrong in a record is a warning, and is named in the failure', async (t) => {
  const lines = `event '{"type":"metric","time":1795601190,"step":1,"values":{"val/combined":NaN,"val/f1":"high"}}'`;
  const good = await place(
    t,
    `${lines}\n event '{"type":"finished","time":1795601190500,"metrics":{"test/combined":Infinity}}'`,
  );
  const { exitCode, json, stderr } = await good.run();
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(json.at(-1).metrics, { 'test/combined': 'Infinity' });
  assert.deepEqual(
    json.filter(({ type }) => type === 'warning').map(({ code }) => code),
    ['record-time', 'record-value'],
  );
  assert.match(
    json.find(({ code }) => code === 'record-value').message,
    /line 1 gives val\/f1 as the text "high"/,
  );
  const bad = await place(t, `${lines}\n event 'Traceback (most recent call last):'`);
  const { message } = (await bad.run()).json.at(-1).error;
  assert.match(
    message,
    /without a finished event \(3 problems in events\.jsonl: .*line 2 is no JSON object: "Traceback/,
  );
});

test('a run that was killed before its trainer told anything is taken up by the next', async (t) => {
  const { cwd, spec, run } = await place(t, `[ -e ../../../go ] && { finish; exit 0; }\nsleep 300`);
  const program = start(['run', spec], cwd);
  await until('the trainer runs', () => runOf(cwd).states().length === 2);
  const { dir } = runOf(cwd);
  const [, started] = runOf(cwd).states();
  program.kill('SIGKILL');
  await program;
  await until('the trainer is gone', () => !isAlive(started!.pid!));
  writeFileSync(join(cwd, 'go'), '');
  const { exitCode, json, stderr } = await run();
  assert.equal(exitCode, 0, stderr);
  assert.equal(runOf(cwd).dir, dir);
  assert.match(json.at(-1).run, /-1$/);
  assert.deepEqual(statesOf(cwd), ['queued', 'started', 'finished']);
});

test('a trainer that ignores the request to stop is killed after the grace, with what it started', async (t) => {
  const { cwd, spec } = await place(
    t,
    `trap '' TERM INT HUP; sleep 300 & echo $! > child; while :; do sleep 0.05; done`,
    {
      resources: { grace: 0.3 },
    },
  );
  const program = start(['run', spec, '--json'], cwd);
  await until(
    'the trainer runs',
    () => existsSync(join(runOf(cwd).dir, 'child')) && runOf(cwd).text('child') !== '',
  );
  program.kill('SIGINT');
  const { exitCode, stdout } = await program;
  assert.equal(exitCode, 130);
  assert.equal(JSON.parse(stdout!.trim().split('\n').at(-1)!).status, 'stopped');
  const { states, text } = runOf(cwd);
  assert.equal(states().at(-1)!.state, 'stopped');
  assert.equal(states().at(-1)!.signal, 'SIGKILL');
  assert.ok(!isAlive(states()[1]!.pid!));
  await until('its child is gone', () => !isAlive(Number(text('child'))));
});

test('a second signal kills at once', async (t) => {
  const { cwd, spec } = await place(t, `trap '' TERM; echo > ready; while :; do sleep 0.05; done`);
  const program = start(['run', spec], cwd);
  await until('the trainer runs', () => existsSync(join(runOf(cwd).dir, 'ready')));
  program.kill('SIGINT');
  await until('the first was heard', () => runOf(cwd).states().length > 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  program.kill('SIGINT');
  assert.equal((await program).exitCode, 130);
  assert.ok(!isAlive(runOf(cwd).states()[1]!.pid!));
});

test('a child that a trainer leaves behind is ended with it', async (t) => {
  const { cwd, run } = await place(t, 'sleep 300 & echo $! > child; finish');
  assert.equal((await run()).exitCode, 0);
  const child = Number(runOf(cwd).text('child'));
  await until('the child is gone', () => !isAlive(child));
});

test('a trainer that prints without end neither fills the disk nor the memory', async (t) => {
  const { cwd, run } = await place(
    t,
    `echo the first line
     head -c 500000000 /dev/zero | tr '\\0' 'x' | fold -w 1000
     sleep 2.5; echo the last line
     grep VmHWM /proc/$PPID/status > peak; finish`,
  );
  const { exitCode, stderr } = await run();
  assert.equal(exitCode, 0, stderr);
  const { dir, text } = runOf(cwd);
  if (existsSync('/proc/self/status')) assert.ok(Number(/\d+/.exec(text('peak'))![0]) < 200_000);
  assert.ok(statSync(join(dir, 'log.txt')).size < 300e6);
  const log = text('log.txt');
  assert.match(log.slice(0, 100), /^the first line\n/);
  assert.match(log, /\n\[facecom: \d+ bytes of this log were left out here\]\n/);
  assert.match(log.slice(-100), /the last line\n$/);
});

test('a trainer that is killed continues from its checkpoint, as often as resources.retry says', async (t) => {
  const script = `
    if [ -f checkpoints/last ]; then echo continued; finish; exit 0; fi
    echo 1 > checkpoints/last; kill -9 $$`;
  const { cwd, run } = await place(t, script);
  const { exitCode, json } = await run();
  assert.equal(exitCode, 0);
  assert.equal(json.at(-1).status, 'finished');
  assert.deepEqual(statesOf(cwd), ['queued', 'started', 'failed', 'retried', 'started', 'finished']);
  const [, , failed, retried] = runOf(cwd).states();
  assert.deepEqual([failed!.class, failed!.signal], ['killed', 'SIGKILL']);
  assert.match(failed!.message!, /SIGKILL.*killed it/);
  assert.match(retried!.action!, /last checkpoint/);

  const hopeless = await place(t, 'kill -9 $$', { resources: { retry: { killed: 1 } } });
  const outcome = await hopeless.run();
  assert.equal(outcome.exitCode, 1);
  assert.equal(outcome.json.at(-1).error.class, 'killed');
  assert.deepEqual(statesOf(hopeless.cwd), ['queued', 'started', 'failed', 'retried', 'started', 'failed']);
});

test('out of memory on the GPU: half the micro-batch, the same batch, written down where it is looked for', async (t) => {
  const script = `
    if grep -q '"accumulation": 4' config.json; then finish; exit 0; fi
    echo 'RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB' >&2; exit 1`;
  const { cwd, run } = await place(t, script, { more: { train: { batch_size: 16 } } });
  const { exitCode, json } = await run();
  assert.equal(exitCode, 0);
  assert.equal(json.at(-1).status, 'finished');
  const { dir, states, json: read } = runOf(cwd);
  assert.deepEqual(
    states().map(({ state, class: kind }) => kind ?? state),
    ['queued', 'started', 'oom', 'oom', 'started', 'oom', 'oom', 'started', 'finished'],
  );
  assert.match(states()[3]!.action!, /micro-batches of 8 in place of 16.*same effective batch/);
  const { train } = read('config.json');
  assert.deepEqual([train.batch_size, train.accumulation], [16, 4]);
  assert.deepEqual(read('origins.json')['train.accumulation'], { kind: 'retry', class: 'oom', from: 2 });
  const explained = await facecom(['explain', dir, 'train.accumulation'], { cwd });
  assert.equal(explained.exitCode, 0, explained.stderr);
  assert.match(explained.stdout, /oom|out of memory/i);
});

test('SIGKILL of facecom run leaves no trainer behind', async (t) => {
  const { cwd, spec } = await place(
    t,
    `trap 'echo saved > checkpoints/last; exit 0' TERM; sleep 300 & echo $! > child; while :; do sleep 0.05; done`,
  );
  const program = start(['run', spec], cwd);
  await until(
    'the trainer runs',
    () => runOf(cwd).states().length === 2 && existsSync(join(runOf(cwd).dir, 'child')),
  );
  const [, started] = runOf(cwd).states();
  program.kill('SIGKILL');
  await program;
  await until('the trainer is gone', () => !isAlive(started!.pid!));
  await until('its child is gone', () => !isAlive(Number(runOf(cwd).text('child'))));
  assert.equal(runOf(cwd).text('checkpoints/last'), 'saved\n');
  const { json } = await facecom(['status', 'exp', '--json'], { cwd });
  assert.equal(json[0].status, 'interrupted');
  assert.equal(json[1].interrupted, 1);
});

test('a disk that fills up is reported, ends the trainer and leaves a record that can be gone on with', {
  skip: withoutSmallDisk,
}, async (t) => {
  const { cwd, spec } = await place(t, `head -c 2000000 /dev/zero > artifacts/large || exit 1; finish`);
  const disk = await smallDisk(t, '1m');
  const { exitCode, stderr, json } = await facecom(
    ['run', spec, '--runs', disk, '--json', '--set', 'resources.retry.infrastructure=0'],
    { cwd },
  );
  assert.equal(exitCode, 1, stderr);
  assert.match(JSON.stringify(json.at(-1)), /disk-full|No space left|infrastructure/);
  assert.doesNotMatch(stderr, /internal error/);

  appendFileSync(join(cwd, 'filler'), '');
  const full = await smallDisk(t, '64k');
  try {
    writeFileSync(join(full, 'filler'), Buffer.alloc(1 << 20));
  } catch {
    // Full, as it should be.
  }
  const none = await facecom(['run', spec, '--runs', full], { cwd });
  assert.equal(none.exitCode, 2, none.stderr);
  assert.match(none.stderr, /error\[runs-not-writable\]/);
});

test('a run folder that was edited by hand is still read', async (t) => {
  const { cwd, run } = await place(t, 'finish');
  await run();
  const { dir } = runOf(cwd);
  appendFileSync(
    join(dir, 'state.jsonl'),
    'edited\n{"state":"resting"}\n{"state":"failed","class":"tired","time":null}\n',
  );
  writeFileSync(join(dir, 'config.json'), '{ not json');
  const status = await facecom(['status', 'exp', '--json'], { cwd });
  assert.equal(status.exitCode, 0, status.stderr);
  assert.equal(status.json[0].status, 'finished');
  for (const args of [['status'], ['status', dir], ['logs', dir], ['stop', dir]]) {
    const { exitCode, stderr } = await facecom(args, { cwd });
    assert.equal(exitCode, 0, stderr);
    assert.doesNotMatch(stderr, /internal error/);
  }
  assert.ok(readFileSync(join(dir, 'state.jsonl'), 'utf8').startsWith('{'));
});

test('a failure whose retry nobody lived to write down is still repeated, and one that is final is not', async (t) => {
  const { cwd, spec } = await place(t, 'finish', {
    more: { sweep: { axes: { 'optimizer.lr': [0.1] } }, train: { batch_size: 8 } },
  });
  await facecom(['sweep', spec, '--json'], { cwd });
  const { dir } = runOf(cwd);
  for (const [kind, code, then] of [
    ['oom', 0, ['queued', 'started', 'failed', 'retried', 'started', 'finished']],
    ['code', 1, ['queued', 'started', 'failed']],
  ] as const) {
    const states = runOf(cwd).states().slice(0, 2);
    const failed = { time: states[1]!.time + 1, state: 'failed', class: kind };
    writeFileSync(
      join(dir, 'state.jsonl'),
      [...states, failed].map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    );
    writeFileSync(join(dir, 'events.jsonl'), '');
    const { exitCode, stderr } = await facecom(['sweep', spec, '--json'], { cwd });
    assert.equal(exitCode, code, stderr);
    assert.deepEqual(statesOf(cwd), then);
  }
  assert.equal(runOf(cwd).json('config.json').train.accumulation, 2);
});

const notRoot = process.platform !== 'linux' || process.getuid?.() !== 0;

test('without permission: said before anything is launched, and for the folder of a run', {
  skip: notRoot && 'takes root to be another user',
}, async (t) => {
  const { cwd, spec } = await place(t, 'finish');
  chmodSync(cwd, 0o755);
  const home = join(cwd, 'home');
  mkdirSync(home);
  chmodSync(home, 0o777);
  const asNobody = (...args: string[]) =>
    execa(
      'setpriv',
      ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, binary, ...args],
      {
        cwd,
        env: { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), NO_COLOR: '1' },
        reject: false,
      },
    );
  const refused = await asNobody('run', spec);
  if (refused.failed && /EACCES.*(node|facecom\.mjs)|Permission denied/.test(refused.stderr))
    return t.skip('this checkout cannot be read by another user');
  assert.equal(refused.exitCode, 2, refused.stderr);
  assert.match(refused.stderr, /error\[runs-not-writable\]/);
  await facecom(['run', spec, '--quiet'], { cwd });
  const { dir } = runOf(cwd);
  chmodSync(join(dir, 'state.jsonl'), 0o600);
  const status = await asNobody('status', 'exp');
  assert.equal(status.exitCode, 2, status.stderr);
  assert.match(status.stderr, /error\[run-not-readable\]/);
});
