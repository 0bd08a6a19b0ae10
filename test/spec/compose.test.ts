import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { readExperiment } from '../../src/spec/index.ts';
import { folderWith, places, read } from '../support/specs.ts';

it('merges maps, replaces lists, and removes with null', async (t) => {
  const { config } = await read(t, {
    'base.yaml':
      'name: base\nseed: 7\nloss: {alpha: 0.1, beta: 0.9}\noptimizer: {name: adam, betas: [0.8, 0.9]}\n',
    'spec.yaml':
      'name: own\nextends: base.yaml\nseed: null\nloss: {beta: 0.5}\noptimizer: {betas: [0.7, 0.95]}\n',
  });
  assert.equal(config.name, 'own');
  assert.equal(config.seed, 42);
  const { alpha, beta, label_smoothing } = config.loss;
  assert.deepEqual({ alpha, beta, label_smoothing }, { alpha: 0.1, beta: 0.5, label_smoothing: 0 });
  assert.deepEqual('betas' in config.optimizer && config.optimizer.betas, [0.7, 0.95]);
});

it('reads several bases in order, each with its own, relative to their folders', async (t) => {
  const { config, origins } = await read(t, {
    'parts/deep.yaml': 'name: deep\nseed: 1\ntrain: {epochs: 1}\n',
    'parts/a.yaml': 'extends: deep.yaml\ntrain: {epochs: 2}\n',
    'b.yaml': 'train: {batch_size: 4}\n',
    'spec.yaml': 'extends: [parts/a.yaml, b.yaml]\nname: x\n',
  });
  assert.deepEqual([config.seed, config.train.epochs, config.train.batch_size], [1, 2, 4]);
  assert.deepEqual(origins['train.epochs'], { kind: 'file', file: 'parts/a.yaml', line: 2, column: 17 });
  assert.deepEqual(origins.seed, { kind: 'file', file: 'parts/deep.yaml', line: 2, column: 7 });
  assert.deepEqual(origins['train.clip'], { kind: 'default' });
});

it('takes --set over all, items of lists and whole maps, read as YAML', async (t) => {
  const { config, origins } = await read(t, 'name: x\naugment: {policy: [{effect: motion_blur, p: 0.1}]}\n', {
    set: [
      'augment.policy[0].p=0.5',
      'train={epochs: 3}',
      'optimizer.lr=1e-3',
      'data.split.seed=9',
      'data.split.seed=10',
    ],
  });
  assert.equal((config.augment.policy[0] as { p: number }).p, 0.5);
  assert.deepEqual([config.train.epochs, config.optimizer.lr, config.data.split.seed], [3, 0.001, 10]);
  assert.deepEqual(origins['train.epochs'], { kind: 'flag', flag: '--set train={epochs: 3}' });
});

it('says what is wrong with a flag, in the flag', async (t) => {
  assert.deepEqual(await places(t, 'name: x\n', { set: ['epochs', 'train.epoch=3', 'seed=[', 'seed=x'] }), [
    '--set epochs flag-set@1:1',
    '--set seed=[ yaml-syntax@1:7',
    '--set seed=x spec-type@1:6',
    '--set train.epoch=3 spec-unknown-key@1:1',
  ]);
});

it('refuses cycles, bases that are missing or outside of the project, and says where they are asked for', async (t) => {
  assert.deepEqual(
    await places(t, { 'spec.yaml': 'name: a\nextends: b.yaml\n', 'b.yaml': 'extends: spec.yaml\n' }),
    ['b.yaml extends-cycle@1:10'],
  );
  assert.deepEqual(
    await places(t, 'extends: [gone.yaml, 3]\n'),
    ['spec-type@1:22', 'extends-missing@1:11'].sort(
      (a, b) => Number(a.split(':')[1]) - Number(b.split(':')[1]),
    ),
  );
  assert.deepEqual(await places(t, 'name: a\nextends: ../../../../etc/passwd\n'), ['extends-outside@2:10']);
  assert.deepEqual(await places(t, 'name: a\nextends: /etc/passwd\n'), ['extends-outside@2:10']);
});

it('follows symbolic links before it says that a base is inside', async (t) => {
  const cwd = await folderWith(t, { 'spec.yaml': 'name: a\nextends: link.yaml\n' });
  await symlink('/etc/hostname', join(cwd, 'link.yaml'));
  await assert.rejects(readExperiment('spec.yaml', { cwd }), { code: 'extends-outside' });
});

it('does not say that keys are missing which a lost base may have', async (t) => {
  assert.deepEqual(await places(t, 'extends: gone.yaml\n'), ['extends-missing@1:10']);
});

it('says that a spec is missing, or a folder', async (t) => {
  const cwd = await folderWith(t, {});
  await assert.rejects(readExperiment('gone.yaml', { cwd }), { code: 'spec-missing', exitCode: 2 });
  await assert.rejects(readExperiment('.', { cwd }), /is a folder/);
});

/** A reference as a spec writes it. */
const variable = (name: string) => `\${${name}}`;

it('reads the environment only where the schema declares it', async (t) => {
  const spec = `name: x\ndata: {source: facecom, path: "${variable('FACES:-data/f')}/set"}\ndescription: costs ${variable('5')}\n`;
  assert.equal((await read(t, spec, { env: { FACES: '/pictures' } })).config.data.path, '/pictures/set');
  const { config, origins } = await read(t, spec);
  assert.equal(config.data.path, 'data/f/set');
  const origin = { kind: 'environment', variable: 'FACES', file: 'spec.yaml', line: 2, column: 31 };
  assert.deepEqual(origins['data.path'], origin);
  assert.equal(config.description, `costs ${variable('5')}`);
  assert.deepEqual(await places(t, `name: x\ndata: {source: facecom, path: "${variable('UNSET')}"}\n`), [
    'environment-unset@2:31',
  ]);
  assert.deepEqual(
    await places(t, `name: x\nmodel: {backbone: "${variable('B')}"}\n`, { env: { B: 'resnet18' } }),
    ['environment-undeclared@2:19'],
  );
});
