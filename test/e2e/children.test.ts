import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive, runOf, start, until, writeExperiment } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

const skip = process.platform === 'linux' ? false : 'only Linux tells the environment of a process';

/** A child in a session of its own that writes down its number, what it is told, and outlives all that is not KILL. */
const child = (deaf: boolean) =>
  `setsid sh -c 'trap "echo asked >> told${deaf ? '' : '; exit'}" TERM; echo $$ > child; while :; do sleep 0.05; done' </dev/null >/dev/null 2>&1 &
while [ ! -s child ]; do sleep 0.01; done
`;
const childOf = (dir: string) => Number(readFileSync(join(dir, 'child'), 'utf8'));

test('what a trainer started in a session of its own ends with the run, asked first', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  for (const deaf of [false, true]) {
    const name = deaf ? 'deaf' : 'exp';
    const spec = writeExperiment(cwd, `${child(deaf)}finish`, { name });
    const { exitCode, stderr } = await facecom(['run', spec, '--quiet'], { cwd });
    assert.equal(exitCode, 0, stderr);
    const { dir, states } = runOf(cwd, name);
    assert.ok(!isAlive(childOf(dir)));
    assert.equal(readFileSync(join(dir, 'told'), 'utf8'), 'asked\n');
    assert.match(states()[1]!.secret!, /^[0-9a-f-]{36}$/);
  }
});

test('it ends with a killed orchestrator, too, and with the guard killed by the next start', {
  skip,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  const endless = `${child(false)}if [ -f resumed ]; then finish; exit; fi\ntouch resumed\nwhile :; do sleep 0.05; done`;
  const spec = writeExperiment(cwd, endless, { resources: { grace: 1 } });
  for (const guarded of [true, false]) {
    const args = guarded ? ['run', spec] : ['run', spec, '--set', 'seed=2'];
    const program = start(args, cwd);
    await until('the child runs', () => existsSync(join(runOf(cwd).dir, 'resumed')));
    const { dir, json } = runOf(cwd);
    const pid = childOf(dir);
    assert.ok(isAlive(pid));
    if (!guarded) process.kill(json('lock.json').guard.pid, 'SIGKILL');
    program.kill('SIGKILL');
    await program;
    if (guarded) await until('the guard ended the child', () => !isAlive(pid));
    else {
      assert.ok(isAlive(pid));
      const resumed = await facecom(['resume', dir, '--quiet'], { cwd });
      assert.equal(resumed.exitCode, 0, resumed.stderr);
      assert.ok(!isAlive(pid));
    }
    if (guarded) rmSync(dir, { recursive: true });
  }
});

test('a command that is started by what a trainer left behind does not end itself', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'finish');
  const first = await facecom(['run', spec, '--quiet'], { cwd });
  assert.equal(first.exitCode, 0, first.stderr);
  const { dir, states } = runOf(cwd);
  // As a shell that was opened in a trainer has it.
  const env = { FACECOM_RUN_DIR: dir, FACECOM_START: states()[1]!.secret! };
  const { exitCode, stderr } = await facecom(['sweep', spec, '--quiet'], { cwd, env });
  assert.equal(exitCode, 0, stderr);
});
