import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { appendState, readState, stateFile } from '../../src/record/index.ts';
import { packageDir, temporaryFolder } from '../support/program.ts';

test('entries are appended with their time, keep to the schema and are read back', async (t) => {
  const folder = await temporaryFolder(t);
  const written = [
    appendState(folder, { state: 'queued' }),
    appendState(folder, {
      state: 'started',
      pid: 1,
      host: 'h',
      process: 'p',
      orchestrator: { pid: 2, process: 'q' },
      launcher: 'local',
      devices: ['gpu:0'],
      attempt: 1,
      idle: 3.5,
    }),
    appendState(folder, { state: 'failed', class: 'oom', code: 'oom', message: 'full', exit_code: 1 }),
    appendState(folder, { state: 'retried', class: 'oom', action: 'again', delay: 10 }),
    appendState(folder, { state: 'finished', seconds: 1.5 }),
  ];
  assert.deepEqual(readState(folder), written);
  const schema = JSON.parse(readFileSync(join(packageDir, 'schemas/record-state.schema.json'), 'utf8'));
  const valid = new Ajv2020({ strict: false }).compile(schema);
  for (const entry of written) assert.ok(valid(entry), JSON.stringify(valid.errors));
});

test('a torn last entry is lost alone, and what no orchestrator wrote is left out', async (t) => {
  const folder = await temporaryFolder(t);
  assert.deepEqual(readState(folder), []);
  appendState(folder, { state: 'queued' });
  appendState(folder, { state: 'started', pid: 1 });
  truncateSync(stateFile(folder), readFileSync(stateFile(folder)).length - 9);
  assert.deepEqual(
    readState(folder).map(({ state }) => state),
    ['queued'],
  );
  appendState(folder, { state: 'stopped' });
  appendFileSync(
    stateFile(folder),
    'edited by hand\n{"state":"resting","time":1}\n{"state":7}\n{"time":1}\n[]\n{"state":"failed","time":"noon"}\n',
  );
  assert.deepEqual(
    readState(folder).map(({ state, time }) => [state, typeof time]),
    [
      ['queued', 'number'],
      ['stopped', 'number'],
      ['failed', 'number'],
    ],
  );
  writeFileSync(stateFile(folder), '');
  assert.deepEqual(readState(folder), []);
});
