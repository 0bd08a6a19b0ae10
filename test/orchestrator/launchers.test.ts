import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Job } from '../../src/orchestrator/launchers/launcher.ts';
import { LocalLauncher } from '../../src/orchestrator/launchers/local.ts';
import { isAlive, until } from '../support/external.ts';
import { temporaryFolder } from '../support/program.ts';

const local = new LocalLauncher();

async function job(
  t: TestContext,
  script: string,
  env: Job['env'] = {},
): Promise<Job & { log: () => string }> {
  const runDir = await temporaryFolder(t);
  const log = () => readFileSync(join(runDir, 'log.txt'), 'utf8');
  return { runDir, command: ['/bin/sh', '-c', script], env, cwd: '/', log };
}

test('a trainer gets its folder and its variables, starts where it should and appends to its log', async (t) => {
  process.env.FACECOM_TEST_TAKEN = 'taken';
  const env = { GIVEN: 'a b', FACECOM_TEST_TAKEN: undefined };
  const task = await job(
    t,
    'echo "$FACECOM_RUN_DIR|$GIVEN|$FACECOM_TEST_TAKEN|$(pwd)"; echo oops >&2; exit 3',
    env,
  );
  assert.deepEqual(await local.start(task).exited, { code: 3 });
  const line = `${task.runDir}|a b||/\noops\n`;
  assert.equal(task.log(), line);
  await local.start(task).exited;
  assert.equal(task.log(), line + line);
  delete process.env.FACECOM_TEST_TAKEN;
});

test('says what signal ended it, or why it did not start', async (t) => {
  const killed = local.start(await job(t, 'kill -9 $$'));
  assert.deepEqual(await killed.exited, { signal: 'SIGKILL' });
  killed.stop();
  killed.kill();
  const absent = local.start({ ...(await job(t, '')), command: ['/no/such/program'] });
  assert.match((await absent.exited).error!, /ENOENT/);
  assert.equal(absent.pid, undefined);
  absent.stop();
  absent.kill();
});

test('stop asks the trainer alone; kill ends it and what it started', async (t) => {
  const task = await job(
    t,
    `trap 'echo asked; exit 0' TERM; sleep 300 & echo $!; while :; do sleep 0.05; done`,
  );
  const stopped = local.start(task);
  await until('it runs', () => task.log().includes('\n'));
  const child = Number.parseInt(task.log(), 10);
  stopped.stop();
  assert.deepEqual(await stopped.exited, { code: 0 });
  assert.match(task.log(), /asked/);
  assert.ok(isAlive(child));
  stopped.kill();
  await until('the child is gone', () => !isAlive(child));
});
