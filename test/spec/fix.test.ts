import assert from 'node:assert/strict';
import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { applyFixes } from '../../src/spec/fix.ts';
import { inspectExperiment } from '../../src/spec/index.ts';
import { checkSweep } from '../../src/sweep/index.ts';
import { folderWith } from '../support/specs.ts';

async function fixed(cwd: string, file = 'spec.yaml'): Promise<string> {
  const { problems, resolved } = await inspectExperiment(file, { cwd });
  applyFixes([...problems, ...(resolved ? checkSweep(resolved) : [])]);
  return readFile(join(cwd, file), 'utf8');
}

it('puts keys, values, numbers and swept paths right, and leaves comments, layout and quotes as they are', async (t) => {
  const cwd = await folderWith(t, {
    'spec.yaml': `# Why this is so
name:   a      # name
trian:         # kept
    epochs: "3"   # a number
optimizer: { nmae: sgd,   lr: 0.1 }

model: {"backbon": 'resnet81'}
sweep:
  axes:
    optimzer.lr: [1, 2]   # rates
  exclude: ['optimizer.nam == "sgdd"']
`,
  });
  // A fix may bring another problem to light.
  for (let round = 0; round < 3; round++) await fixed(cwd);
  assert.equal(
    await fixed(cwd),
    `# Why this is so
name:   a      # name
train:         # kept
    epochs: 3   # a number
optimizer: { name: sgd,   lr: 0.1 }

model: {"backbone": 'resnet18'}
sweep:
  axes:
    optimizer.lr: [1, 2]   # rates
  exclude: ['optimizer.name == "sgd"']
`,
  );
});

it('leaves alone what could mean two things', async (t) => {
  const text = 'name: a\ndata: {split: {sead: 1, xyz: 2}}\naugment: {policy: nothing}\n';
  const cwd = await folderWith(t, { 'spec.yaml': text });
  assert.equal(await fixed(cwd), text.replace('sead', 'seed'));
});

it('mends a base where the mistake is in it, keeps the mode, and keeps a link a link', async (t) => {
  const cwd = await folderWith(t, {
    'real.yaml': 'trian: {epochs: 3}\n',
    'spec.yaml': 'name: a\nextends: base.yaml\n',
  });
  await symlink('real.yaml', join(cwd, 'base.yaml'));
  await chmod(join(cwd, 'real.yaml'), 0o640);
  await fixed(cwd);
  assert.equal(await readFile(join(cwd, 'real.yaml'), 'utf8'), 'train: {epochs: 3}\n');
  assert.ok((await lstat(join(cwd, 'base.yaml'))).isSymbolicLink());
  assert.equal((await stat(join(cwd, 'real.yaml'))).mode & 0o777, 0o640);
});
