import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { markProcess } from '../../src/base/process.ts';
import { takeLock } from '../../src/orchestrator/index.ts';
import { withStopRequests } from '../../src/orchestrator/stop-request.ts';
import { requestStop } from '../../src/record/index.ts';
import { temporaryFolder } from '../support/program.ts';

test('a request is for the orchestrator that it names, whatever the clock says, and else for one that had begun', async (t) => {
  const runDir = await temporaryFolder(t);
  const look = () => {
    const none = new AbortController().signal;
    const { stop, kill, release } = withStopRequests(runDir, { stop: none, kill: none });
    release();
    return [stop.aborted, kill.aborted];
  };
  const write = (request: object | string) =>
    writeFileSync(join(runDir, 'stop.json'), typeof request === 'string' ? request : JSON.stringify(request));
  const unlock = await takeLock(runDir, { command: 'run' });
  requestStop(runDir, { kill: true });
  assert.deepEqual(look(), [true, true]);
  // It is gone then.
  assert.deepEqual(look(), [false, false]);
  unlock();
  const self = markProcess();
  const now = Date.now();
  for (const [request, stops] of [
    [{ time: 1, kill: false, holder: self }, true],
    [{ time: now, kill: false, holder: { ...self, process: 'an earlier boot' } }, false],
    [{ time: now, kill: false, holder: { ...self, pid: self.pid + 1 } }, false],
    [{ time: 1, kill: false }, false],
    [{ time: now, kill: 'yes', holder: 3 }, true],
    ['', true],
    ['[]', true],
    ['{"time": "late"}', true],
  ] as const) {
    write(request);
    assert.deepEqual(look(), [stops, false], JSON.stringify(request));
  }
});
