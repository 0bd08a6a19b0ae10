import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { originText } from '../../src/record/index.ts';

test('each kind of origin in words, a flag as it was given', () => {
  const place = { file: 'a.yaml', line: 3, column: 5 };
  for (const [origin, text] of [
    [{ kind: 'default' }, 'default'],
    [{ kind: 'file', ...place }, 'a.yaml:3:5'],
    [{ kind: 'flag', flag: '--set train.epochs=3' }, '--set train.epochs=3'],
    [{ kind: 'environment', variable: 'DATA', ...place }, 'environment DATA in a.yaml:3:5'],
    [
      { kind: 'environment', variable: 'DATA', flag: '--set x=${DATA}' },
      'environment DATA in --set x=${DATA}',
    ],
    [{ kind: 'axis', axis: 'optimizer.lr', ...place }, 'axis at a.yaml:3:5'],
    [{ kind: 'axis', axis: 'sweep.repeats', ...place }, 'sweep.repeats at a.yaml:3:5'],
    [{ kind: 'axis', axis: 'seed' }, 'axis'],
    [{ kind: 'retry', class: 'oom', from: 32 }, 'changed from 32 after a failure (oom)'],
    [{ kind: 'later' }, 'later'],
    [{}, ''],
    [null, ''],
    ['flag', ''],
  ] as const)
    assert.equal(originText(origin), text);
});

test('any JSON gives a text', () => {
  const keys = ['kind', 'flag', 'file', 'line', 'column', 'variable', 'axis', 'class', 'from'];
  const kinds = fc.constantFrom('file', 'flag', 'environment', 'axis', 'retry');
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), fc.oneof(fc.jsonValue(), kinds)), (origin) => {
      assert.equal(typeof originText(origin), 'string');
    }),
  );
});
