import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { markProcess } from '../../src/base/process.ts';
import { endOrphan } from '../../src/orchestrator/index.ts';
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
