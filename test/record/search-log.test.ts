import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readSearch, type SearchEntry, SearchWriter } from '../../src/record/index.ts';
import { packageDir, temporaryFolder } from '../support/program.ts';

const entries: SearchEntry[] = [
  {
    ...{ type: 'search', version: 1, method: 'tpe', seed: 0, repeats: 2 },
    objectives: [{ metric: 'val/combined', mode: 'max' }],
  },
  { type: 'earlier', run: '/runs/other/1-1', config: { seed: 1 }, losses: [0.5] },
  { type: 'proposed', point: 0, axes: { 'optimizer.lr': 0.1 }, trials: ['a', 'b'] },
  { type: 'told', point: 0, state: 'pruned', losses: [null], epoch: 3 },
  { type: 'spent', seconds: 2.5, device_seconds: 5 },
];

test('what a search writes keeps to the schema and is read as it was', async (t) => {
  const cwd = await temporaryFolder(t);
  const writer = new SearchWriter(cwd);
  for (const entry of entries) writer.write(entry);
  writer.close();
  assert.deepEqual(readSearch(cwd), entries);
  const schema = JSON.parse(readFileSync(join(packageDir, 'schemas/record-search.schema.json'), 'utf8'));
  const validate = new Ajv2020({ discriminator: true }).compile(schema);
  const lines = readFileSync(join(cwd, 'search.jsonl'), 'utf8').trim().split('\n');
  for (const line of lines) assert.ok(validate(JSON.parse(line)), JSON.stringify(validate.errors));
  assert.ok(!validate({ type: 'told', point: -1, state: 'finished' }));
});

test('lines that are none, torn or of another shape, are left out', async (t) => {
  const cwd = await temporaryFolder(t);
  const good = JSON.stringify(entries[2]);
  const bad = [
    '{"type":"told"}',
    '{"type":"told","point":"0","state":"finished"}',
    '{"type":"proposed","point":1,"axes":[],"trials":["a"]}',
    '{"type":"constructor"}',
    '[]',
    'null',
    '{"type":"pro',
  ];
  appendFileSync(join(cwd, 'search.jsonl'), [bad[0], good, ...bad.slice(1)].join('\n'));
  assert.deepEqual(readSearch(cwd), [entries[2]]);
});
