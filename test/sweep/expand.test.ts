import assert from 'node:assert/strict';
import { it } from 'node:test';
import { expandSweep, trialOrigins } from '../../src/sweep/index.ts';
import { expand, places, problemsOf, read } from '../support/specs.ts';

const rows = async (t: Parameters<typeof expand>[0], sweep: string, rest = '') =>
  (await expand(t, `name: a\n${rest}sweep:\n  ${sweep.trim().replaceAll('\n', '\n  ')}\n`)).trials.map(
    ({ axes }) => axes,
  );

it('walks a grid with the last axis fastest', async (t) => {
  assert.deepEqual(await rows(t, 'axes: {train.epochs: [1, 2], loss.alpha: [0.1, 0.2]}'), [
    { 'train.epochs': 1, 'loss.alpha': 0.1 },
    { 'train.epochs': 1, 'loss.alpha': 0.2 },
    { 'train.epochs': 2, 'loss.alpha': 0.1 },
    { 'train.epochs': 2, 'loss.alpha': 0.2 },
  ]);
});

it('writes ranges and steps as by hand', async (t) => {
  const values = async (axis: string) =>
    (await rows(t, `axes: {loss.alpha: ${axis}}`)).map((axes) => axes['loss.alpha']);
  assert.deepEqual(await values('{range: [0.1, 0.7, 0.2]}'), [0.1, 0.3, 0.5, 0.7]);
  assert.deepEqual(await values('{range: [1e-5, 4e-5, 1e-5]}'), [0.00001, 0.00002, 0.00003, 0.00004]);
  assert.deepEqual(await values('{uniform: [0, 1], step: 0.3}'), [0, 0.3, 0.6, 0.9]);
  assert.deepEqual(await values('{int: [1, 7], step: 3}'), [1, 4, 7]);
  assert.deepEqual(await values('{choice: [3, 1]}'), [3, 1]);
});

it('ties axes with zip, and makes one exist only when another has a value', async (t) => {
  assert.deepEqual(
    await rows(
      t,
      `
axes: {model.backbone: [resnet18, resnet50], train.batch_size: [32, 16], optimizer.name: [adam, sgd], optimizer.momentum: [0, 0.9]}
zip: [[model.backbone, train.batch_size]]
when: {optimizer.momentum: {optimizer.name: sgd}}
exclude: [{model.backbone: resnet50, optimizer.name: adam}]`,
    ),
    [
      { 'model.backbone': 'resnet18', 'train.batch_size': 32, 'optimizer.name': 'adam' },
      {
        'model.backbone': 'resnet18',
        'train.batch_size': 32,
        'optimizer.name': 'sgd',
        'optimizer.momentum': 0,
      },
      {
        'model.backbone': 'resnet18',
        'train.batch_size': 32,
        'optimizer.name': 'sgd',
        'optimizer.momentum': 0.9,
      },
      {
        'model.backbone': 'resnet50',
        'train.batch_size': 16,
        'optimizer.name': 'sgd',
        'optimizer.momentum': 0,
      },
      {
        'model.backbone': 'resnet50',
        'train.batch_size': 16,
        'optimizer.name': 'sgd',
        'optimizer.momentum': 0.9,
      },
    ],
  );
});

it('walks a simplex whose weights add up exactly', async (t) => {
  const found = await rows(t, 'simplex: {paths: [loss.alpha, loss.beta], total: 1, step: 0.1}');
  assert.equal(found.length, 11);
  for (const { 'loss.alpha': a, 'loss.beta': b } of found)
    assert.ok(Math.abs(Number(a) + Number(b) - 1) < 1e-15);
  assert.deepEqual(found[3], { 'loss.alpha': 0.3, 'loss.beta': 0.7 });
});

it('sweeps items of lists and whole objects, deeper axes over shallower ones', async (t) => {
  const { trials } = await expand(
    t,
    `name: a
augment: {policy: [{effect: fog, p: 0.1}, {effect: noise}]}
sweep:
  axes:
    augment.policy[1].p: [0.3, 0.4]
    optimizer: [{name: sgd, lr: 0.1}, {name: adam}]
    optimizer.lr: [0.01]
`,
  );
  assert.deepEqual(
    trials.map(({ config }) => [
      (config.augment.policy[1] as { p: number }).p,
      config.optimizer.name,
      config.optimizer.lr,
    ]),
    [
      [0.3, 'sgd', 0.01],
      [0.3, 'adam', 0.01],
      [0.4, 'sgd', 0.01],
      [0.4, 'adam', 0.01],
    ],
  );
});

it('takes null in an axis for the default', async (t) => {
  const { trials } = await expand(t, 'name: a\ntrain: {clip: 3}\nsweep: {axes: {train.clip: [null, 1]}}\n');
  assert.deepEqual(
    trials.map(({ config }) => config.train.clip),
    [0, 1],
  );
});

it('repeats each point with seeds that count up', async (t) => {
  const { trials, points, repeats } = await expand(
    t,
    'name: a\nseed: 5\nsweep: {repeats: 3, axes: {train.epochs: [1, 2]}}\n',
  );
  assert.deepEqual([points, repeats], [2, 3]);
  assert.deepEqual(
    trials.map(({ seed, point, repeat, config }) => [seed, point, repeat, config.seed]),
    [
      [5, 0, 0, 5],
      [6, 0, 1, 6],
      [7, 0, 2, 7],
      [5, 1, 0, 5],
      [6, 1, 1, 6],
      [7, 1, 2, 7],
    ],
  );
});

it('removes duplicates, counts them, and counts branches', async (t) => {
  const { trials, duplicates, branches } = await expand(
    t,
    'name: a\nsweep: {axes: {optimizer.name: [adam, sgd], optimizer.momentum: [0.8, 0.9], train.epochs: [1, 1.0, 2]}, when: {optimizer.momentum: \'optimizer.name == "sgd"\'}}\n',
  );
  assert.deepEqual([trials.length, duplicates], [6, 3]);
  assert.deepEqual(
    branches.map(({ axes, trials: n }) => [axes.length, n]),
    [
      [2, 2],
      [3, 4],
    ],
  );
});

it('draws the same points from a seed, more of them for more trials, and none twice', async (t) => {
  const draw = (trials: number, seed = 1) =>
    rows(
      t,
      `method: random\ntrials: ${trials}\nseed: ${seed}\naxes: {optimizer.lr: {log_uniform: [0.0001, 0.1]}, train.batch_size: {int: [1, 64]}}\nrequire: ['train.batch_size > 3']`,
    );
  const ten = await draw(10);
  assert.deepEqual((await draw(30)).slice(0, 10), ten);
  assert.notDeepEqual(await draw(10, 2), ten);
  assert.equal(new Set(ten.map((row) => JSON.stringify(row))).size, 10);
});

it('says that a space ran dry rather than draw twice', async (t) => {
  const { trials, warnings } = await expand(
    t,
    'name: a\nsweep: {method: random, trials: 10, axes: {train.epochs: [1, 2, 3]}}\n',
  );
  assert.equal(trials.length, 3);
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['sweep-exhausted'],
  );
});

const broken: Array<[what: string, sweep: string, expected: string[]]> = [
  ['a misspelt path', 'axes: {optimizr.lr: [1]}', ['sweep-path@3:10']],
  ['a path that decides nothing', 'axes: {tracking.experiment: [a, b]}', ['sweep-axis-without-effect@3:10']],
  [
    'an axis twice',
    'axes: {"augment.policy[0].p": [0.1], augment.policy.0.p: [0.2]}',
    ['sweep-axis-twice@3:40'],
  ],
  ['an axis of two distributions', 'axes: {loss.alpha: {uniform: [0, 1], int: [0, 1]}}', ['sweep-axis@3:22']],
  ['a range that falls', 'axes: {loss.alpha: {range: [1, 0, 0.1]}}', ['sweep-axis@3:30']],
  ['a step beside a range', 'axes: {loss.alpha: {range: [0, 1, 0.1], step: 0.1}}', ['sweep-axis@3:43']],
  ['an interval in a grid', 'axes: {loss.alpha: {uniform: [0, 1]}}', ['sweep-method@3:22']],
  ['random without trials', 'method: random\n  axes: {loss.alpha: {uniform: [0, 1]}}', ['sweep-method@3:3']],
  ['trials of a grid', 'trials: 3\n  axes: {loss.alpha: [1, 2]}', ['sweep-method@3:3']],
  [
    'a zip of unequal axes',
    'axes: {loss.alpha: [1, 2], loss.beta: [1]}\n  zip: [[loss.alpha, loss.beta]]',
    ['sweep-zip@4:9'],
  ],
  [
    'a zip of what is no axis',
    'axes: {loss.alpha: [1, 2]}\n  zip: [[loss.alpha, loss.betta]]',
    ['sweep-no-axis@4:22'],
  ],
  [
    'a when of what is no axis',
    'axes: {loss.alpha: [1, 2]}\n  when: {loss.beta: "loss.alpha == 1"}',
    ['sweep-no-axis@4:10'],
  ],
  [
    'whens in a circle',
    'axes: {loss.alpha: [1, 2], loss.beta: [1, 2]}\n  when: {loss.alpha: "loss.beta == 1", loss.beta: "loss.alpha == 1"}',
    ['sweep-when-cycle@4:10', 'sweep-when-cycle@4:40'],
  ],
  [
    'a condition that cannot be read',
    'axes: {loss.alpha: [1, 2]}\n  exclude: ["loss.alpha = 1"]',
    ['sweep-condition@4:25'],
  ],
  [
    'a condition over a misspelt path',
    'axes: {loss.alpha: [1, 2]}\n  exclude: ["loss.alhpa == 1"]',
    ['sweep-path@4:14'],
  ],
  [
    'a value that a key never has',
    'axes: {optimizer.name: [adam, sgd]}\n  exclude: [\'optimizer.name == "sdg"\']',
    ['sweep-condition-value@4:33'],
  ],
  [
    'a condition that always holds',
    'axes: {loss.alpha: [1, 2]}\n  require: ["loss.alpha > 0"]',
    ['sweep-condition-constant@4:13'],
  ],
  [
    'a condition that never holds',
    'axes: {loss.alpha: [1, 2]}\n  exclude: ["loss.alpha > 5"]',
    ['sweep-condition-constant@4:13'],
  ],
  [
    'an axis that no trial has',
    'axes: {optimizer.name: [adam, adamw], optimizer.momentum: [0, 1]}\n  when: {optimizer.momentum: "optimizer.name == \'sgd\'"}',
    ['sweep-condition-constant@4:30'],
  ],
  [
    'an empty space',
    'axes: {loss.alpha: [1, 2]}\n  exclude: ["loss.alpha > 1", "loss.alpha < 2"]',
    ['sweep-empty@3:3'],
  ],
  [
    'an axis without effect',
    'axes: {data.path: [a, b], loss.alpha: [1, 2]}',
    ['sweep-axis-without-effect@3:10'],
  ],
  [
    'a step that does not divide',
    'simplex: {paths: [loss.alpha, loss.beta], step: 0.3}',
    ['sweep-simplex@3:51'],
  ],
  [
    'too many trials',
    'limit: 5\n  axes: {loss.alpha: [1, 2, 3], loss.beta: [1, 2, 3]}',
    ['sweep-limit@3:10'],
  ],
  [
    'an explosion',
    'axes: {loss.alpha: {range: [0, 1000, 1]}, loss.beta: {range: [0, 1000, 1]}, train.clip: {range: [0, 1000, 1]}}\n  exclude: ["loss.alpha > 2"]',
    ['sweep-limit@2:1'],
  ],
  ['two ways to vary the seed', 'repeats: 2\n  axes: {seed: [1, 2]}', ['sweep-method@3:3']],
];
for (const [what, sweep, expected] of broken)
  it(`finds ${what}`, async (t) => {
    assert.deepEqual(await places(t, `name: a\nsweep:\n  ${sweep}\n`), expected);
  });

it('puts a problem of trials at the value of the sweep that caused it', async (t) => {
  const text = `name: a
sweep:
  axes:
    train.epochs: [5, 0]
    loss.alpha: [0, 1]
    loss.beta: [0, 1]
    optimizer: [{name: sgd, momentm: 0.9}, {name: adam}]
`;
  const problems = await problemsOf(t, text);
  assert.deepEqual(
    problems.map(({ code, line, column }) => `${code}@${line}:${column}`),
    ['spec-range@4:23', 'rule-loss-weights@5:18', 'spec-unknown-key@7:29'],
  );
  assert.match(problems[0]!.message, /in 8 of 16 trials, the first with train\.epochs=0/);
  assert.equal(problems[2]!.suggestion, 'momentum');
  assert.match(text.slice(problems[2]!.fix!.start, problems[2]!.fix!.end), /^momentm$/);
});

it('puts an axis over a key that the trials do not have at the axis', async (t) => {
  const text = 'name: a\nsweep:\n  axes:\n    optimizer.momentum: [0, 0.5]\n    train.epochs: [8, 9]\n';
  const [problem] = await problemsOf(t, text);
  assert.deepEqual([problem!.code, problem!.line, problem!.column], ['spec-unknown-key', 4, 5]);
  assert.match(problem!.remedy!, /sweep\.when/);
});

it('puts a problem of trials in the base that holds the sweep', async (t) => {
  assert.deepEqual(
    await places(t, {
      'spec.yaml': 'name: a\nextends: base.yaml\n',
      'base.yaml': 'sweep: {axes: {train.epochs: [1, -1]}}\n',
    }),
    ['base.yaml spec-range@1:34'],
  );
});

it('says where each value of a trial came from', async (t) => {
  const spec = await read(
    t,
    'name: a\nloss: {label_smoothing: 0.1}\nsweep:\n  repeats: 2\n  axes: {optimizer: [{name: sgd, lr: 0.1}]}\n  simplex: {paths: [loss.alpha, loss.beta], step: 0.5}\n',
  );
  const { trials } = expandSweep(spec);
  const origins = trialOrigins(spec, trials[0]!);
  assert.deepEqual(origins['optimizer.lr'], {
    kind: 'axis',
    axis: 'optimizer',
    file: 'spec.yaml',
    line: 5,
    column: 10,
  });
  assert.deepEqual(origins['optimizer.momentum'], { kind: 'default' });
  assert.deepEqual(origins['loss.beta'], {
    kind: 'axis',
    axis: 'loss.beta',
    file: 'spec.yaml',
    line: 6,
    column: 33,
  });
  assert.deepEqual(origins['loss.label_smoothing'], { kind: 'file', file: 'spec.yaml', line: 2, column: 25 });
  assert.equal(origins.seed!.kind, 'axis');
});
