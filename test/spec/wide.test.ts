import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectExperiment } from '../../src/spec/index.ts';
import { temporaryFolder } from '../support/program.ts';

test('a map of a hundred thousand keys is one problem, and so is a list; of many faults of one kind the first are named', async (t) => {
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
  const typed = await problemsOf(
    `name: a\ntags:\n${keys(3000).replace(/^/gm, '  ').replaceAll(': v', ': 1')}`,
  );
  assert.equal(typed.length, 50);
  assert.ok(typed.every(({ code }) => code === 'spec-type'));
  for (const list of [
    `[${'1,'.repeat(100_000)}]`,
    `\n${'- 1\n'.repeat(100_000)}`,
    `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
  ]) {
    const problems = await problemsOf(`name: a\ntags: ${list}\n`);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['yaml-size'],
    );
  }
  const prose = await problemsOf(`name: a\ndescription: "${'a, '.repeat(60_000)}"\n`);
  assert.ok(!prose.some(({ code }) => code === 'yaml-size'));
  const deep = await problemsOf(`name: a\ntags: ${'{k: '.repeat(128)}v${'}'.repeat(128)}\n`);
  assert.ok(deep.some(({ code }) => code === 'yaml-depth'));
});
