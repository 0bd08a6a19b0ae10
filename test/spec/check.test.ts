import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatProblems, SpecError } from '../../src/spec/index.ts';
import { places, problemsOf } from '../support/specs.ts';

const cases: Array<[what: string, text: string, expected: string[]]> = [
  ['an unknown key', 'name: a\ntrain: {epoch: 3}\n', ['spec-unknown-key@2:9']],
  [
    'an unknown key of a list item',
    'name: a\naugment: {policy: [{effect: fog, q: 1}]}\n',
    ['spec-unknown-key@2:34'],
  ],
  ['a name that is missing', 'seed: 1\n', ['spec-missing-key@1:1']],
  ['a name that is no name', 'name: a/b\n', ['spec-pattern@1:7']],
  ['a type', 'name: a\nseed: soon\n', ['spec-type@2:7']],
  ['a list for a number', 'name: a\nseed:\n  - 1\n', ['spec-type@3:3']],
  ['a range', 'name: a\ntrain: {epochs: 0}\n', ['spec-range@2:17']],
  ['a fraction', 'name: a\ntrain: {epochs: 1.5}\n', ['spec-type@2:17']],
  ['an enum', 'name: a\nmodel: {backbone: resnet19}\n', ['spec-enum@2:19']],
  ['a policy that is not there', 'name: a\naugment: {policy: facecom}\n', ['spec-enum@2:19']],
  ['a kind of a union', 'name: a\noptimizer: {name: adagrad}\n', ['spec-enum@2:19']],
  ['an effect that is not there', 'name: a\naugment: {policy: [{effect: snow}]}\n', ['spec-enum@2:29']],
  ['an effect without its name', 'name: a\naugment: {policy: [{p: 1}]}\n', ['spec-missing-key@2:20']],
  [
    'a key of another kind',
    'name: a\noptimizer: {name: sgd, betas: [0.9, 0.9]}\n',
    ['spec-unknown-key@2:24'],
  ],
  ['weights that are both 0', 'name: a\nloss: {alpha: 0, beta: 0}\n', ['rule-loss-weights@2:7']],
  [
    'a score of nothing',
    'name: a\nevaluate: {score: {gender: 0, identity: 0}}\n',
    ['rule-score-weights@2:19'],
  ],
  ['fractions that do not add up', 'name: a\ndata: {split: {train: 0.5}}\n', ['rule-split@2:15']],
  ['a source without its folder', 'name: a\ndata: {source: facecom}\n', ['rule-data-path@2:1']],
  [
    'a margin without an embedding',
    'name: a\nmodel: {heads: {identity: {loss: arcface}}}\n',
    ['rule-margin@2:34'],
  ],
  [
    'an identity head without a loss',
    'name: a\nmodel: {heads: {identity: {loss: none}}}\n',
    ['rule-identity-loss@2:34'],
  ],
  [
    'batches of another size than identities times images',
    'name: a\ntrain: {sampler: {name: pk}, batch_size: 30}\n',
    ['rule-pk@2:42'],
  ],
  ['two averages of the weights', 'name: a\ntrain: {ema: 0.9, swa: 3}\n', ['rule-averages@2:24']],
  [
    'images that do not divide into patches',
    'name: a\nmodel: {backbone: vit_small}\ndata: {image_size: 50}\n',
    ['rule-patches@3:20'],
  ],
  ['a least rate above the rate', 'name: a\nschedule: {name: plateau, min_lr: 1}\n', ['rule-min-lr@2:35']],
  [
    'more micro-batches than images',
    'name: a\ntrain: {batch_size: 2, accumulation: 4}\n',
    ['rule-accumulation@2:38'],
  ],
  [
    'a range that falls',
    'name: a\naugment: {policy: [{effect: fog, fog_coef_range: [1, 0.5]}]}\n',
    ['rule-range@2:50'],
  ],
  [
    'a metric that is misspelt',
    'name: a\ntrain: {early_stopping: {monitor: val/acc}}\n',
    ['rule-metric@2:35'],
  ],
  [
    'a metric of the test images',
    'name: a\ntrain: {early_stopping: {monitor: test/combined}}\n',
    ['rule-metric@2:35'],
  ],
  [
    'a loss that is to rise',
    'name: a\ntrain: {early_stopping: {monitor: train/loss, mode: max}}\n',
    ['rule-metric-mode@2:53'],
  ],
  [
    'an objective that is misspelt',
    'name: a\nsweep: {objective: {metric: val/combind}, axes: {seed: [1, 2]}}\n',
    ['rule-metric@2:29'],
  ],
  [
    'one of several objectives that is misspelt, and one that is to fall',
    'name: a\nsweep: {method: tpe, trials: 3, objectives: [{metric: val/combind}, {metric: val/loss}], axes: {seed: [1, 2]}}\n',
    ['rule-metric@2:55', 'rule-metric-mode@2:69'],
  ],
  [
    'an objective without images',
    'name: a\ndata: {split: {train: 0.9, validation: 0, test: 0.1}}\nsweep: {axes: {seed: [1, 2]}}\n',
    ['rule-metric@3:1'],
  ],
  [
    'an address with a password',
    'name: a\ntracking: {mlflow: "https://me:secret@host"}\n',
    ['rule-secret@2:20'],
  ],
  ['an address that is none', 'name: a\ntracking: {mlflow: of}\n', ['rule-mlflow@2:20']],
];
for (const [what, text, expected] of cases)
  it(`finds ${what}`, async (t) => {
    assert.deepEqual(await places(t, text), expected);
  });

it('says everything at once, sorted by place', async (t) => {
  const text =
    'epochs: 3\nname: a\nloss: {alpha: 0, beta: 0}\noptimizer: {lr: "0.1", moment: 1}\ntrain: {early_stopping: {monitor: x}}\n';
  assert.deepEqual(await places(t, text), [
    'spec-unknown-key@1:1',
    'rule-loss-weights@3:7',
    'spec-type@4:17',
    'spec-unknown-key@4:24',
    'rule-metric@5:35',
  ]);
});

it('suggests keys, values, numbers and the place where a key belongs', async (t) => {
  const text =
    'name: a\nepochs: 3\noptimizer: {name: adm, lr: "0.1"}\nmodel: {backbon: resnet18}\ndata: {cache: yes}\n';
  const problems = await problemsOf(t, text);
  assert.deepEqual(
    problems.map(({ path, suggestion, remedy }) => [path, suggestion ?? remedy]),
    [
      ['epochs', 'epochs is a key of train.'],
      ['optimizer.name', 'adam'],
      ['model.backbon', 'backbone'],
      ['data.cache', 'true'],
    ],
  );
});

it('finds the home of a misspelt key, and the file that was meant', async (t) => {
  const [problem] = await problemsOf(t, 'name: a\nepoch: 3\n');
  assert.equal(problem!.remedy, 'epochs is a key of train.');
  const [base] = await problemsOf(t, { 'spec.yaml': 'name: a\nextends: bsae.yaml\n', 'base.yaml': '{}' });
  assert.equal(base!.remedy, 'Did you mean base.yaml?');
});

it('does not offer a key that is there already', async (t) => {
  const [problem] = await problemsOf(t, 'name: a\ntrain: {epochs: 3, epoch: 4}\n');
  assert.equal(problem!.remedy, 'epochs is given too: keep one of the two.');
  assert.equal(problem!.fix, undefined);
});

it('does not show a password', async (t) => {
  const problems = await problemsOf(t, 'name: a\ntracking: {mlflow: "https://me:hunter2@host"}\n');
  assert.doesNotMatch(formatProblems(problems), /hunter2/);
});

it('shows a frame with the line, its neighbours and a mark', async (t) => {
  const [problem] = await problemsOf(t, 'name: a\ntrain:\n  epoch: 30\n  batch_size: 4\n');
  assert.equal(
    problem!.frame,
    ['    2 | train:', '  > 3 |   epoch: 30', '      |   ^^^^^', '    4 |   batch_size: 4'].join('\n'),
  );
});

it('marks what is far right in a long line, and keeps control characters from the terminal', async (t) => {
  const [problem] = await problemsOf(t, `name: a\ntags: {a: "${'x'.repeat(300)}", b: 1}\n`);
  assert.match(problem!.frame!, /\^/);
  assert.ok(problem!.frame!.split('\n').every((line) => line.length < 130));
  const [second] = await problemsOf(t, 'name: "a\\e[31m"\nse\u0007ed: 1\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  assert.doesNotMatch(formatProblems([second!]), /[\u0007\u001b]/);
});

it('throws the first problem as an error with all of them', async (t) => {
  const problems = await problemsOf(t, 'name: a\nseed: x\ntrain: {epochs: 0}\n');
  const error = new SpecError(problems);
  assert.equal(error.exitCode, 2);
  assert.deepEqual(error.place, { file: 'spec.yaml', line: 2, column: 7 });
  assert.equal(error.problems.length, 2);
});
