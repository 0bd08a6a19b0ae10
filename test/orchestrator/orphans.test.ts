import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { markProcess } from '../../src/base/process.ts';
import { endOrphan, endStraysUnder } from '../../src/orchestrator/index.ts';
import { expectStart, startRecorded } from '../../src/record/index.ts';
import { temporaryFolder } from '../support/program.ts';

async function deafTrainer(t: { after(fn: () => void): void }) {
  const child = spawn('sh', ['-c', "trap '' TERM; echo ready; while :; do sleep 0.05; done"], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout!, 'data');
  return { trainer: markProcess(child.pid), exited: once(child, 'exit') };
}

test('a trainer that was left behind has the grace of its own run to save and end', async (t) => {
  const dir = await temporaryFolder(t);
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ resources: { grace: 0.2 } }));
  const { trainer, exited } = await deafTrainer(t);
  const begun = performance.now();
  await endOrphan({ dir, trainer });
  const took = performance.now() - begun;
  assert.ok(took >= 200 && took < 10_000, `${took} ms`);
  assert.deepEqual(await exited, [null, 'SIGKILL']);
});

test('one that has ended, or is not the recorded one, is left alone', async (t) => {
  const dir = await temporaryFolder(t);
  const { trainer } = await deafTrainer(t);
  await endOrphan({ dir, trainer: { ...trainer, process: 'another boot:1' } });
  await endOrphan({ dir });
  assert.doesNotThrow(() => process.kill(trainer.pid, 0));
});

test('a trainer whose start nobody lived to record is ended by the secret that was expected', {
  skip: process.platform !== 'linux' && 'processes are found by /proc',
}, async (t) => {
  const sweep = await temporaryFolder(t);
  const dir = join(sweep, 'abc-1');
  mkdirSync(dir);
  const child = spawn('sleep', ['300'], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, FACECOM_RUN_DIR: dir, FACECOM_START: 'one that was made up' },
  });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  await endStraysUnder(sweep);
  assert.equal(child.exitCode ?? child.signalCode, null);
  expectStart(dir, 'one that was made up');
  await endStraysUnder(sweep);
  assert.deepEqual(await exited, [null, 'SIGTERM']);
  startRecorded(dir);
});
