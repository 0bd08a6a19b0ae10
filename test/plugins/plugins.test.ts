import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { effects } from '../../src/augment/index.ts';
import { inspectExperiment, readExperiment } from '../../src/spec/index.ts';
import { expandSweep, trialId } from '../../src/sweep/index.ts';
import { packageDir, temporaryFolder } from '../support/program.ts';

const effect = (name: string, more = '') => `import { defineEffect } from 'facecom';
export default defineEffect<{ by: number }>({
  name: '${name}',
  description: 'Adds to every value.',
  parameters: { by: { type: 'integer', description: 'Added.', minimum: 0, maximum: 9, default: 1 } },
  apply({ pixels }, { by }) {
    for (let i = 0; i < pixels.length; i++) pixels[i] = Math.min(255, pixels[i]! + by);
  },${more}
});
`;

const spec = (plugins: string, policy: string, more = '') =>
  `name: own\nplugins: [${plugins}]\naugment: {policy: [${policy}]}\n${more}`;

/** Files of a folder of their own; returns the path of a spec of it. */
async function project(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return join(folder, 'spec.yaml');
}

const problemsOf = async (file: string) =>
  (await inspectExperiment(file)).problems.map(({ code, line, column, message, found }) => ({
    at: `${code}@${line}:${column}`,
    message,
    found,
  }));

describe('a plugin', () => {
  it('gives an effect its keys, with defaults and a schema', async (t) => {
    const file = await project(t, {
      'add.ts': effect('add', '\n  p: 0.25,'),
      'spec.yaml': spec('add.ts', '{effect: add}'),
    });
    const { config } = await readExperiment(file);
    assert.deepEqual(config.augment.policy, [{ effect: 'add', p: 0.25, by: 1 }]);
    const wrong = await project(t, {
      'add.ts': effect('add'),
      'spec.yaml': spec('add.ts', '{effect: add, bye: 3}, {effect: add, by: 10}, {effect: adds}'),
    });
    const problems = await problemsOf(wrong);
    assert.deepEqual(
      problems.map(({ at }) => at),
      ['spec-unknown-key@3:34', 'spec-range@3:61', 'spec-enum@3:75'],
    );
  });

  it('is in use for its own spec alone', async (t) => {
    const file = await project(t, { 'add.ts': effect('add'), 'spec.yaml': spec('add.ts', '{effect: add}') });
    const without = await project(t, { 'spec.yaml': spec('', '{effect: add}') });
    await readExperiment(file);
    assert.deepEqual(
      (await problemsOf(without)).map(({ at }) => at),
      ['spec-enum@3:29'],
    );
    await readExperiment(file);
  });

  it('decides the id by what its file contains, wherever it lies', async (t) => {
    const files = { 'add.ts': effect('add'), 'spec.yaml': spec('add.ts', '{effect: add}') };
    const idOf = async (file: string) => trialId((await readExperiment(file)).config);
    const here = await project(t, files);
    const there = await project(t, files);
    const id = await idOf(here);
    assert.equal(await idOf(there), id);
    await writeFile(join(there, '..', 'add.ts'), `${files['add.ts']}// changed\n`);
    assert.notEqual(await idOf(there), id);
    // A file that has changed is loaded anew.
    await writeFile(join(there, '..', 'add.ts'), files['add.ts'].replace('default: 1', 'default: 2'));
    const { config } = await readExperiment(there);
    assert.deepEqual(config.augment.policy, [{ effect: 'add', p: 0.5, by: 2 }]);
    assert.equal(await idOf(here), id);
  });

  it('is read from JavaScript, lists, and what it imports from beside it', async (t) => {
    const file = await project(t, {
      'helper.ts': 'export const twice = (x: number): number => 2 * x;\n',
      'several.mjs': `import { twice } from './helper.ts';
import { defineSampler } from 'facecom';
import * as tf from '@tensorflow/tfjs-core';
if (typeof tf.tidy !== 'function') throw new Error('no tfjs');
export default [defineSampler({ name: 'line', description: 'Along a line.', create: () => (i) => [(i * twice(0.125)) % 1] })];`,
      'spec.yaml': `name: own
plugins: [several.mjs]
sweep: {method: line, trials: 4, axes: {optimizer.lr: {uniform: [0.1, 0.5]}}}
`,
    });
    const { trials } = expandSweep(await readExperiment(file));
    assert.deepEqual(
      trials.map(({ config }) => config.optimizer.lr.toFixed(3)),
      ['0.100', '0.200', '0.300', '0.400'],
    );
  });

  it('is relative to the file that names it, in a base too', async (t) => {
    const file = await project(t, { 'spec.yaml': 'name: child\nextends: base/base.yaml\n' });
    const base = join(file, '..', 'base');
    await mkdir(base);
    await writeFile(join(base, 'add.ts'), effect('add'));
    await writeFile(join(base, 'base.yaml'), spec('add.ts', '{effect: add}'));
    const { config, origins } = await readExperiment(file);
    assert.deepEqual(config.plugins, [join(base, 'add.ts')]);
    assert.equal(origins.plugins?.kind, 'file');
  });

  const broken: Array<{
    what: string;
    files: Record<string, string>;
    plugins?: string;
    code: string;
    found: RegExp;
  }> = [
    { what: 'not there', files: {}, code: 'plugin-missing', found: /ENOENT/ },
    {
      what: 'no TypeScript',
      files: { 'a.ts': 'export default {{;\n' },
      code: 'plugin-load',
      found: /1:17|Unexpected/,
    },
    {
      what: 'one that throws',
      files: { 'a.ts': "const x: number = 1;\n\nthrow new Error('no GPU here');\n" },
      code: 'plugin-load',
      found: /^Error: no GPU here \(line 3:7\)$/,
    },
    {
      what: 'one that imports what is not there',
      files: { 'a.ts': "import 'left-pad-of-old';\nexport default {};\n" },
      code: 'plugin-load',
      found: /left-pad-of-old/,
    },
    {
      what: 'without a default export',
      files: { 'a.ts': 'export const x = 1;\n' },
      code: 'plugin-shape',
      found: /^no default export$/,
    },
    {
      what: 'an empty list',
      files: { 'a.ts': 'export default [];\n' },
      code: 'plugin-shape',
      found: /empty/,
    },
    {
      what: 'another kind',
      files: { 'a.ts': "export default { kind: 'toString', name: 'x' };\n" },
      code: 'plugin-shape',
      found: /toString/,
    },
    {
      what: 'a name that YAML would not take',
      files: { 'a.ts': effect('My Effect') },
      code: 'plugin-shape',
      found: /My Effect/,
    },
    {
      what: 'without its function',
      files: { 'a.ts': effect('add').replace('apply(', 'aply(') },
      code: 'plugin-shape',
      found: /^effect add has no function apply$/,
    },
    {
      what: 'a parameter that is no schema',
      files: { 'a.ts': effect('add').replace("type: 'integer'", "type: 'whole'") },
      code: 'plugin-shape',
      found: /^the parameter by of effect add: /,
    },
    {
      what: 'a default that breaks its schema',
      files: { 'a.ts': effect('add').replace('default: 1', 'default: 99') },
      code: 'plugin-shape',
      found: /its default breaks it/,
    },
    {
      what: 'a name of facecom',
      files: { 'a.ts': effect('rain') },
      code: 'plugin-name',
      found: /^rain in facecom$/,
    },
    {
      what: 'a name of another plugin',
      files: { 'a.ts': effect('add'), 'b.ts': effect('add') },
      plugins: 'a.ts, b.ts',
      code: 'plugin-name',
      found: /^add in .*a\.ts$/,
    },
  ];
  for (const { what, files, plugins = 'a.ts', code, found } of broken)
    it(`is refused at its place: ${what}`, async (t) => {
      const file = await project(t, { ...files, 'spec.yaml': spec(plugins, '{effect: add}') });
      const [problem, ...others] = await problemsOf(file);
      const column = plugins.indexOf(plugins.split(', ').at(-1)!) + 11;
      assert.equal(problem!.at, `${code}@2:${column}`);
      assert.match(problem!.found!, found);
      assert.match(problem!.message, /[ab]\.ts$/);
      assert.deepEqual(others, []);
    });

  it('leaves what is built in as it is', async () => {
    const { config } = await readExperiment(join(packageDir, 'experiments', 'plugins', 'plugins.yaml'));
    assert.equal(config.model.backbone as string, 'small_cnn');
    const plain = await readExperiment(join(packageDir, 'experiments', 'tiny.yaml'));
    assert.ok(!('small_cnn' in plain.config.model));
    assert.ok(effects.every(({ name }) => name !== 'grey_square'));
  });
});
