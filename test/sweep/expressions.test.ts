import assert from 'node:assert/strict';
import { it } from 'node:test';
import jsep from 'jsep';
import type { PlacedFinding } from '../../src/spec/findings.ts';
import { readCondition } from '../../src/sweep/expressions.ts';

const trial: Record<string, unknown> = {
  'train.epochs': 30,
  'loss.alpha': 0.1 + 0.2,
  'optimizer.name': 'sgd',
  'data.cache': true,
  'augment.policy': 'none',
  'optimizer.betas': [0.9, 0.999],
};

function holds(given: string | Record<string, unknown>): boolean {
  const findings: PlacedFinding[] = [];
  const condition = readCondition(given, ['sweep', 'exclude', 0], findings);
  assert.deepEqual(findings, []);
  return condition!.holds(({ name }) => trial[name]);
}

function refused(given: string | Record<string, unknown>): string {
  const findings: PlacedFinding[] = [];
  assert.equal(readCondition(given, ['sweep', 'exclude', 0], findings), undefined);
  return `${findings[0]!.code} ${findings[0]!.suggestion ?? ''}`.trim();
}

it('compares, counts and combines', () => {
  for (const [text, expected] of [
    ['train.epochs == 30', true],
    ['train.epochs != 30', false],
    ['train.epochs > 29 and train.epochs < 31', true],
    ['train.epochs >= 31 or optimizer.name == "sgd"', true],
    ['!(train.epochs == 30)', false],
    ['train.epochs in [10, 30]', true],
    ["optimizer.name in ['adam', 'adamw']", false],
    // Sums are compared as they were meant.
    ['loss.alpha == 0.3', true],
    ['loss.alpha <= 0.3 and loss.alpha >= 0.3', true],
    ['train.epochs * 2 - 10 == 50 && train.epochs % 7 == 2', true],
    ['data.cache', true],
    ['!data.cache || train.epochs == 1', false],
    ['optimizer.momentum == null', true],
    ['optimizer.momentum > 0', false],
    ['1 < train.epochs', true],
    ['loss.alpha > -1', true],
  ] as const)
    assert.equal(holds(text), expected, text);
});

it('reads a map as all of its entries, a list as any of its values', () => {
  assert.equal(holds({ 'train.epochs': 30, 'optimizer.name': ['sgd', 'adam'] }), true);
  assert.equal(holds({ 'train.epochs': 30, 'optimizer.name': 'adam' }), false);
  assert.equal(holds({ 'optimizer.momentum': null }), true);
});

it('refuses what it cannot mean, and suggests', () => {
  assert.equal(refused('train.epoch == 3'), 'sweep-path train.epochs');
  assert.equal(refused('optimizer.name == "sdg"'), 'sweep-condition-value sgd');
  assert.equal(refused({ 'optimizer.name': 'adm' }), 'sweep-condition-value adam');
  assert.equal(refused('train.epochs == "many"'), 'sweep-condition-value');
  assert.equal(refused('optimizer.name == sgd'), 'sweep-path');
  for (const text of [
    'train.epochs',
    'train.epochs = 3',
    'train.epochs + 1',
    '"a"',
    'train.epochs == 3; 1',
    'process.exit(1)',
    'train.epochs == f(1)',
    'this == 1',
    'model == 3',
    '(train.epochs == 3',
    'train.epochs == 3 ? 1 : 2',
    '`x` == 1',
  ])
    assert.match(refused(text), /^sweep-/, text);
});

it('leaves the operators of the parser, which the whole process shares, as they were', () => {
  readCondition('seed == 1 and seed in [1]', ['sweep', 'require', 0], []);
  readCondition('seed == == 1', ['sweep', 'require', 0], []);
  for (const word of ['or', 'and', 'in']) assert.ok(!Object.hasOwn(jsep.binary_ops, word), word);
});
