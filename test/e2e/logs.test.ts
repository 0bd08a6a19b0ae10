import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runOf, start, until, writeExperiment } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

test('prints the log, its end, and as JSON', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'echo one; echo zwei ü >&2; printf three; finish');
  await facecom(['run', spec, '--quiet'], { cwd });
  const logs = (...args: string[]) => facecom(['logs', 'exp', ...args], { cwd });
  assert.equal((await logs()).stdout, 'one\nzwei ü\nthree');
  assert.equal((await logs('--tail', '2')).stdout, 'zwei ü\nthree');
  assert.equal((await logs('-n', '0')).stdout, '');
  assert.equal((await logs('-n', '9')).stdout, 'one\nzwei ü\nthree');
  // It has ended: there is nothing to follow.
  assert.equal((await logs('-f')).stdout, 'one\nzwei ü\nthree');
  const { json } = await logs('--json');
  assert.deepEqual(json.slice(0, 3), [{ line: 'one' }, { line: 'zwei ü' }, { line: 'three' }]);
  assert.equal(json[3].status, 'finished');
  const wrong = await logs('--tail', 'all');
  assert.equal(wrong.exitCode, 2);
  assert.match(wrong.stderr, /error\[logs-tail\]/);
  rmSync(join(runOf(cwd).dir, 'log.txt'));
  const none = await logs();
  assert.equal(none.exitCode, 2);
  assert.match(none.stderr, /error\[no-log\]/);
});

test('follows a run until it has ended, also over a retry', async (t) => {
  const cwd = await temporaryFolder(t);
  const go = join(cwd, 'go');
  const spec = writeExperiment(
    cwd,
    `if [ -f checkpoints/last ]; then echo again; while [ ! -f ${go} ]; do sleep 0.05; done; echo done; finish; exit 0; fi
     echo first; echo > checkpoints/last; kill -9 $$`,
  );
  const program = start(['run', spec, '--quiet'], cwd);
  await until('it runs', () => existsSync(join(runOf(cwd).dir, 'log.txt')));
  const following = start(['logs', 'exp', '-f'], cwd);
  await until('it was started again', () => runOf(cwd).text('log.txt').includes('again'));
  writeFileSync(go, '');
  const { exitCode, stdout } = await following;
  assert.equal(exitCode, 0);
  assert.equal(stdout, 'first\nagain\ndone');
  assert.equal((await program).exitCode, 0);
});
