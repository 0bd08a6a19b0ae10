// Output that nobody takes, and terminals that close (pipes into head, ssh that breaks off, a full disk for the log, nohup).
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { execa } from 'execa';
import { runOf, start, until, writeExperiment } from '../support/external.ts';
import { binary, facecom, packageDir, temporaryFolder } from '../support/program.ts';

const sweep = { sweep: { axes: { 'optimizer.lr': [0.1, 0.01, 0.001] } }, resources: { max_parallel: 1 } };
const trainer = `
  echo training
  : > begun
  trap 'echo > asked; exit 0' TERM
  event '{"type":"metric","time":1,"step":1,"values":{"val/combined":0.5}}'
  finish 0.5`;
/** One that runs until it is asked to end. */
const endless = `trap 'echo > asked; exit 0' TERM; : > begun; while :; do sleep 0.05; done`;

const finished = (cwd: string): number =>
  readdirSync(join(cwd, 'runs', 'exp'))
    .filter((name) => /-\d+$/.test(name))
    .filter((name) => existsSync(join(cwd, 'runs', 'exp', name, 'artifacts'))).length;

/** A shell with the program as $F. */
async function shell(cwd: string, script: string) {
  return execa('bash', ['-o', 'pipefail', '-c', script], {
    cwd,
    reject: false,
    stdin: 'ignore',
    timeout: 120_000,
    env: { NO_COLOR: '1', F: `${process.execPath} ${binary}`, FACECOM: join(packageDir, 'bin', 'facecom') },
  });
}

async function withSweep(t: TestContext): Promise<string> {
  const cwd = await temporaryFolder(t);
  writeExperiment(cwd, trainer, { more: sweep });
  return cwd;
}

test('a sweep whose output nobody reads any more runs all of its trials', async (t) => {
  for (const reader of [
    '$F sweep exp.yaml --json | head -1',
    '$F sweep exp.yaml 2>&1 >/dev/null | head -1',
  ]) {
    const cwd = await withSweep(t);
    const { exitCode, stdout, stderr } = await shell(cwd, reader);
    assert.equal(exitCode, 0, stderr);
    assert.equal(stdout.split('\n').length, 1);
    assert.equal(finished(cwd), 3, reader);
  }
});

test('a full disk for the output: the run is finished and its exit code stays; the loss is reported', async (t) => {
  const cwd = await withSweep(t);
  const { exitCode, stderr } = await shell(cwd, '$F sweep exp.yaml --quiet > /dev/full');
  assert.equal(exitCode, 0);
  assert.match(stderr, /^error\[output-lost\]: The output could not be written: ENOSPC/m);
  assert.doesNotMatch(stderr, /^ +at /m);
  assert.equal(finished(cwd), 3);
});

describe('commands that only print', () => {
  let cwd: string;
  const lines = [
    'status',
    'status exp',
    'status exp --json',
    'explain exp.yaml',
    'explain exp.yaml --json',
    'validate exp.yaml',
    'sweep exp.yaml --dry-run',
    'logs exp/last',
    'report exp',
    '--help',
  ];
  before(async () => {
    const { mkdtemp } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    cwd = await mkdtemp(join(tmpdir(), 'facecom-test-'));
    writeExperiment(cwd, trainer, { more: sweep });
    await facecom(['sweep', 'exp.yaml', '--quiet'], { cwd });
  });
  test('end quietly for a reader that is gone', async (t) => {
    t.after(async () => (await import('node:fs/promises')).rm(cwd, { recursive: true, force: true }));
    for (const line of lines) {
      const gone = await shell(cwd, `(sleep 0.5; exec $F ${line} 2>err) | true; cat err`);
      assert.doesNotMatch(gone.stdout, /EPIPE|^ +at /m, line);
      if (line === '--help') continue;
      const full = await shell(cwd, `$F ${line} > /dev/full`);
      assert.notEqual(full.exitCode, 0, line);
      assert.match(full.stderr, /output-lost/, line);
      assert.doesNotMatch(full.stderr, /^ +at /m, line);
    }
  });
});

test('a closed terminal is an orderly stop', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, endless);
  const flag = join(cwd, 'go');
  const script = join(packageDir, 'test', 'support', 'closed_terminal.py');
  const child = execa('python3', [script, flag, process.execPath, binary, 'run', spec], {
    cwd,
    reject: false,
  });
  await until('the trainer runs', () => existsSync(join(runOf(cwd).dir, 'begun')));
  await execa('touch', [flag]);
  const { stdout } = await child;
  // As other programs end then, and not by an abort of Node's.
  assert.match(stdout, /^(?:signal 1|exit 130)$/);
  assert.equal(runOf(cwd).states().at(-1)!.state, 'stopped');
  assert.ok(existsSync(join(runOf(cwd).dir, 'asked')));
});

test('a SIGHUP that was ignored at the start stays ignored; else it is an orderly stop', {
  skip: process.platform === 'win32' && 'no SIGHUP',
}, async (t) => {
  const slow = `: > begun; trap 'exit 0' TERM; for i in $(seq 12); do sleep 0.1; done; finish 0.5`;
  const hangUp = (command: string) =>
    `${command} >log 2>&1 & P=$!; until [ -e runs/exp/*/begun ]; do sleep 0.05; done; kill -HUP $P; wait $P`;
  for (const [command, expected] of [
    ['nohup "$FACECOM" run exp.yaml', 0],
    [`trap '' HUP; "$FACECOM" run exp.yaml`, 0],
    ['nohup $F run exp.yaml', 0],
    ['"$FACECOM" run exp.yaml', 130],
  ] as const) {
    const cwd = await temporaryFolder(t);
    writeExperiment(cwd, slow);
    const ended = await shell(cwd, hangUp(command));
    assert.equal(ended.exitCode, expected, `${command}: ${ended.stderr}`);
    assert.equal(runOf(cwd).states().at(-1)!.state, expected === 0 ? 'finished' : 'stopped', command);
  }
});

test('Ctrl-C in the first moments is exit code 130', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, endless);
  // Nothing tells from outside when the program's own code begins: later and later, until there is a run.
  for (let delay = 100; delay < 4000; delay += 100) {
    const program = start(['run', spec], cwd);
    await new Promise((resolve) => setTimeout(resolve, delay));
    const begun = existsSync(join(runOf(cwd).dir, 'begun'));
    program.kill('SIGINT');
    const { exitCode, signal } = await program;
    assert.ok(exitCode === 130 || signal === 'SIGINT', `${exitCode} ${signal} after ${delay} ms`);
    if (begun) return;
  }
});
