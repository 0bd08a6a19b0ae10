import assert from 'node:assert/strict';
import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
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

it('puts text that looks like a number in quotes exactly as it was written', async (t) => {
  const cwd = await folderWith(t, {
    'spec.yaml': `name: s1
trainer: {command: [python3, --lr, 1e-4, --tag, 0.10, --part, 010, --id, 20240101123456789012]}
tracking: {experiment: 2024.10}
tags: {build: 0123, hex: 0x1F, commit: 123e456, on: true}
evaluate: {conditions: [fog, 1]}
resources: {memory: 4, device: 0}
`,
  });
  await fixed(cwd);
  assert.equal(
    await fixed(cwd),
    `name: s1
trainer: {command: [python3, --lr, "1e-4", --tag, "0.10", --part, "010", --id, "20240101123456789012"]}
tracking: {experiment: "2024.10"}
tags: {build: "0123", hex: "0x1F", commit: "123e456", on: "true"}
evaluate: {conditions: [fog, 1]}
resources: {memory: 4, device: 0}
`,
  );
  // What the schema would refuse in quotes too is not offered.
  const { problems } = await inspectExperiment('spec.yaml', { cwd });
  assert.deepEqual(
    problems.map(({ path, suggestion }) => `${path} ${suggestion}`),
    [
      'evaluate.conditions[1] undefined',
      'evaluate.conditions[1] undefined',
      'resources.memory undefined',
      'resources.device undefined',
    ],
  );
});

it('never changes a value: parsed as text, every repaired value equals what was written', async (t) => {
  const written = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer().map((n) => `0${Math.abs(n)}`),
    fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
    fc.stringMatching(/^[0-9]{1,3}\.[0-9]{1,3}0$/),
    fc.stringMatching(/^[1-9]e[1-9][0-9]{0,2}$/),
    fc.stringMatching(/^0x[0-9A-F]{1,8}$/),
    fc.constantFrom('true', 'false', '0o17', '+1', '-0', '.5', '1.'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(written, { minLength: 1, maxLength: 8 }), async (values) => {
      const lines = values.map((value, i) => `  k${i}: ${value}`);
      const cwd = await folderWith(t, { 'spec.yaml': `name: a\ntags:\n${lines.join('\n')}\n` });
      await fixed(cwd);
      const { tags } = parse(await fixed(cwd)) as { tags: Record<string, unknown> };
      assert.deepEqual(Object.values(tags), values);
    }),
    { numRuns: 40 },
  );
});
