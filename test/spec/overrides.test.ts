// Overrides as users of other tools write them, and words of other tools.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { checkSpec } from '../../src/operations/index.ts';
import { inspectExperiment, readExperiment } from '../../src/spec/index.ts';
import { folderWith } from '../support/specs.ts';

const base = `name: base
train: {epochs: 30}
schedule: {name: plateau, factor: 0.5, patience: 5}
`;

it('another kind of a section drops the keys that only the former has', async (t) => {
  const cwd = await folderWith(t, {
    'base.yaml': base,
    'child.yaml': 'name: child\nextends: base.yaml\nschedule: {name: cosine, warmup: 1}\n',
  });
  for (const set of [['schedule.name=cosine'], ['schedule=cosine']]) {
    const { config, origins } = await readExperiment('base.yaml', { cwd, set });
    assert.deepEqual(Object.keys(config.schedule), [
      'name',
      'min_lr',
      'restarts',
      'period_factor',
      'warmup',
      'warmup_steps',
    ]);
    assert.equal(origins['schedule.name']!.kind, 'flag');
  }
  const { config } = await readExperiment('child.yaml', { cwd });
  assert.equal(config.schedule.name, 'cosine');
  // The same kind keeps them.
  const same = await readExperiment('base.yaml', {
    cwd,
    set: ['schedule.name=plateau', 'schedule.patience=9'],
  });
  assert.deepEqual(same.config.schedule, { ...same.config.schedule, factor: 0.5, patience: 9 });
});

it('a misspelt key is mended also where the base or the file has the right one', async (t) => {
  const cwd = await folderWith(t, {
    'base.yaml': base,
    'child.yaml': 'name: child\nextends: base.yaml\ntrain: {epoch: 3}\n',
    'twice.yaml': 'name: twice\ntrain: {epoch: 3, epochs: 4}\n',
  });
  const remedies = async (file: string, set: string[] = []) => {
    const { problems } = await inspectExperiment(file, { cwd, set });
    return problems.map(({ suggestion, remedy, fix }) => [suggestion, remedy, fix?.text]);
  };
  assert.deepEqual(await remedies('child.yaml'), [['epochs', undefined, 'epochs']]);
  assert.deepEqual(await remedies('base.yaml', ['train.epoch=3']), [['epochs', undefined, undefined]]);
  assert.deepEqual(await remedies('twice.yaml'), [
    ['epochs', 'epochs is given too: keep one of the two.', undefined],
  ]);
});

it('words of other tools get the word of this language', async (t) => {
  const cwd = await folderWith(t, {
    'spec.yaml': `name: a
hyperparameters: {lr: 0.1}
optimizer: {learning_rate: 3}
model: {arch: resnet18}
augment: {policy: [{effect: blur}, {effect: hflip}]}
sweep: {parameters: {x: [1]}, n_trials: 3}
`,
  });
  const { problems } = await inspectExperiment('spec.yaml', { cwd });
  const said = problems.map(({ path, suggestion, remedy }) => `${path}: ${suggestion ?? remedy}`);
  assert.deepEqual(said, [
    'hyperparameters: Give each key its value in its section; values to try are `sweep.axes`.',
    'optimizer.learning_rate: lr',
    'model.arch: backbone',
    'augment.policy[0].effect: It is called gaussian_blur or motion_blur here.',
    'augment.policy[1].effect: horizontal_flip',
    'sweep.parameters: axes',
    'sweep.n_trials: trials',
  ]);
});

it('values with commas between them are a sweep', async (t) => {
  const cwd = await folderWith(t, { 'base.yaml': base });
  const { problems } = await inspectExperiment('base.yaml', { cwd, set: ['optimizer.lr=0.001,0.0003'] });
  assert.match(problems[0]!.remedy!, /facecom sweep SPEC --axis optimizer\.lr=0\.001,0\.0003/);
});

it('rules and the paths of a sweep are checked beside other mistakes', async (t) => {
  const cwd = await folderWith(t, {
    'spec.yaml': `name: a
data: {image_sise: 64, split: {train: 0.5, validation: 0.1, test: 0.1}}
train: {epoch: 3}
sweep: {method: gird, axes: {lr: [1, 2]}}
`,
  });
  const { problems } = await checkSpec(join(cwd, 'spec.yaml'), {});
  const codes = problems.map(({ code, path }) => `${code} ${path}`);
  assert.deepEqual(codes, [
    'spec-unknown-key data.image_sise',
    'rule-split data.split',
    'spec-unknown-key train.epoch',
    'spec-enum sweep.method',
    'sweep-path sweep.axes.lr',
  ]);
});

it('takes schedule=cosine as short for its name also where the spec has no schedule', async (t) => {
  const cwd = await folderWith(t, { 'spec.yaml': 'name: a\n' });
  const set = ['schedule=cosine', 'optimizer=sgd'];
  const { problems, resolved } = await inspectExperiment(join(cwd, 'spec.yaml'), { set });
  assert.deepEqual(problems, []);
  assert.equal(resolved!.config.schedule.name, 'cosine');
  assert.equal(resolved!.config.optimizer.name, 'sgd');
});
