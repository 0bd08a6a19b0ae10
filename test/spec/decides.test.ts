import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaves } from '../../src/base/objects.ts';
import { decides, indecisiveKeys, isForEvaluation, resolveConfig } from '../../src/spec/index.ts';

test('what a key decides holds for the keys below it, until one of them says otherwise', () => {
  const found = (paths: string[]) => paths.map(decides);
  assert.deepEqual(found(['name', 'tags.team', 'resources.retry.oom', 'tracking.mlflow', 'data.cache']), [
    'nothing',
    'nothing',
    'nothing',
    'nothing',
    'nothing',
  ]);
  assert.deepEqual(found(['trainer.command', 'trainer.command[0]', 'train.accumulation']), [
    'resume',
    'resume',
    'resume',
  ]);
  assert.deepEqual(
    found(['seed', 'data', 'data.path', 'train.epochs', 'augment.policy[0].p', 'toString', '']),
    ['result', 'result', 'result', 'result', 'result', 'result', 'result'],
  );
});

test('the keys of the top level that decide nothing, and those that a trained model leaves open', () => {
  assert.deepEqual([...indecisiveKeys].sort(), [
    'description',
    'extends',
    'name',
    'notify',
    'plugins',
    'resources',
    'sweep',
    'tags',
    'tracking',
  ]);
  const config = resolveConfig({ data: { source: 'facecom', path: 'x' } });
  const open = [...leaves(config).keys()].filter(isForEvaluation);
  assert.deepEqual(
    [
      ...new Set(
        open.map((path) =>
          path.startsWith('data.') ? path.split('.').slice(0, 2).join('.') : path.split('.')[0],
        ),
      ),
    ].sort(),
    [
      'data.cache',
      'data.columns',
      'data.delimiter',
      'data.genders',
      'data.on_error',
      'data.path',
      'data.source',
      'data.sources',
      'data.split',
      'data.synthetic',
      'evaluate',
      'resources',
    ],
  );
  assert.ok(
    isForEvaluation('evaluate.conditions[0]') &&
      !isForEvaluation('data.image_size') &&
      !isForEvaluation('data'),
  );
});
