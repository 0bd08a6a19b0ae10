// Files that are not what a spec is: other encodings, pipes, merge conflicts, bombs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { inspectExperiment, readExperiment } from '../../src/spec/index.ts';
import { expandSweep } from '../../src/sweep/index.ts';
import { folderWith } from '../support/specs.ts';

const problemsIn = async (cwd: string) => (await inspectExperiment('spec.yaml', { cwd })).problems;

it('another encoding is an error at its place that names it', async (t) => {
  const cwd = await folderWith(t, {});
  const file = join(cwd, 'spec.yaml');
  writeFileSync(file, Buffer.from('name: a\ndescription: "Zo\u00eb"\n', 'latin1'));
  const [latin] = await problemsIn(cwd);
  assert.deepEqual([latin!.code, latin!.line, latin!.column], ['spec-encoding', 2, 17]);
  assert.match(latin!.message, /Latin-1/);
  writeFileSync(file, Buffer.from('\ufeffname: a\n', 'utf16le'));
  assert.match((await problemsIn(cwd))[0]!.message, /UTF-16/);
  writeFileSync(file, Buffer.from('name: a\n', 'utf16le'));
  assert.match((await problemsIn(cwd))[0]!.message, /UTF-16/);
  writeFileSync(file, Buffer.concat([Buffer.from('name: a\ndescription: "'), Buffer.from([0xf0, 0x9f])]));
  assert.deepEqual([(await problemsIn(cwd))[0]!.line, (await problemsIn(cwd))[0]!.column], [2, 15]);
  writeFileSync(file, '\ufeffname: a\ndescription: "Zo\u00eb \u{1f600}"\n');
  assert.deepEqual(await problemsIn(cwd), []);
});

it('a pipe is not waited for', { skip: process.platform === 'win32' && 'no pipes in folders' }, async (t) => {
  const cwd = await folderWith(t, { 'child.yaml': 'name: a\nextends: spec.yaml\n' });
  execFileSync('mkfifo', [join(cwd, 'spec.yaml')]);
  await assert.rejects(inspectExperiment('spec.yaml', { cwd }), {
    code: 'spec-missing',
    message: 'The spec spec.yaml is no regular file.',
  });
  const { problems } = await inspectExperiment('child.yaml', { cwd });
  assert.equal(problems[0]!.code, 'extends-missing');
});

it('marks of a merge conflict are one problem', async (t) => {
  const cwd = await folderWith(t, {
    'spec.yaml': 'name: a\n<<<<<<< HEAD\nseed: 1\n=======\nseed: 2\n>>>>>>> other\n',
  });
  const problems = await problemsIn(cwd);
  assert.deepEqual(
    problems.map(({ code, line }) => [code, line]),
    [['yaml-conflict', 2]],
  );
});

it('slips of YAML get a remedy', async (t) => {
  for (const [text, remedy] of [
    ['name: a\ndescription: lr: 0.1\n', /colon in quotes/],
    ['name:\u00a0a\nseed: 1\n', /no-break space/],
    ['name: a\n---\nname: b\n', /one document/],
  ] as const) {
    const cwd = await folderWith(t, { 'spec.yaml': text });
    const [problem] = await problemsIn(cwd);
    assert.match(problem!.remedy ?? problem!.message, remedy, text);
    assert.doesNotMatch(problem!.message, /parseAllDocuments/);
  }
});

it('brackets in comments and texts nest nothing', async (t) => {
  const many = '['.repeat(500);
  const cwd = await folderWith(t, { 'spec.yaml': `name: a # ${many}\ndescription: "${many}"\n` });
  assert.deepEqual(await problemsIn(cwd), []);
});

it('reading grows with the files, not with the ways that lead to them', async (t) => {
  const files: Record<string, string> = { 'e0.yaml': 'seed: 3\n' };
  for (let i = 1; i <= 60; i++) files[`e${i}.yaml`] = `extends: [e${i - 1}.yaml, e${i - 1}.yaml]\n`;
  files['spec.yaml'] = 'name: a\nextends: e60.yaml\n';
  const cwd = await folderWith(t, files);
  assert.equal((await readExperiment('spec.yaml', { cwd })).config.seed, 3);
});

it('conditions are limited in length and depth', async (t) => {
  const long = `optimizer.lr ${'+ 1 '.repeat(10_000)}> 1`;
  const deep = `${'-'.repeat(2000)}seed > 1`;
  for (const condition of [long, deep]) {
    const cwd = await folderWith(t, {
      'spec.yaml': `name: a\nsweep: {axes: {optimizer.lr: [1]}, exclude: ["${condition}"]}\n`,
    });
    const spec = await readExperiment('spec.yaml', { cwd });
    assert.throws(() => expandSweep(spec), { code: 'sweep-condition' });
  }
});
