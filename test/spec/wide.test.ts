import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectExperiment } from '../../src/spec/index.ts';
import { temporaryFolder } from '../support/program.ts';

test('a map of a hundred thousand keys is one problem; of many unknown keys the first are named', async (t) => {
  const folder = await temporaryFolder(t);
  const problemsOf = async (text: string) => {
    writeFileSync(join(folder, 'a.yaml'), text);
    return (await inspectExperiment(join(folder, 'a.yaml'))).problems;
  };
  const keys = (count: number) => Array.from({ length: count }, (_, i) => `k${i}: v\n`).join('');
  const wide = await problemsOf(`name: a\n${keys(80_000)}`);
  assert.deepEqual(
    wide.map(({ code, line }) => [code, line]),
    [['yaml-size', 4001]],
  );
  const many = await problemsOf(`name: a\n${keys(1000)}`);
  assert.equal(many.length, 50);
  assert.ok(many.every(({ code }) => code === 'spec-unknown-key'));
  const deep = await problemsOf(`name: a\ntags: ${'{k: '.repeat(128)}v${'}'.repeat(128)}\n`);
  assert.ok(deep.some(({ code }) => code === 'yaml-depth'));
});
