import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compare, settingsOf, settingText } from '../../../src/operations/sweep/edit.ts';

const trial = (id: string, lr: number, seed = 0) => ({ id, axes: { 'optimizer.lr': lr }, seed });

it('tells what is new, vanished, changed and kept', () => {
  const before = [trial('a', 0.1), trial('b', 0.2), trial('c', 0.3), trial('d', 0.3, 1)];
  const now = [trial('a', 0.1), trial('x', 0.2), trial('d', 0.3, 1), trial('e', 0.4)];
  const found = compare(before, now);
  assert.deepEqual(
    found.added.map(({ id }) => id),
    ['e'],
  );
  assert.deepEqual(
    found.vanished.map(({ id }) => id),
    ['c'],
  );
  assert.deepEqual(
    found.changed.map(({ before: old, now: next }) => [old.id, next.id]),
    [['b', 'x']],
  );
  assert.equal(found.kept, 2);
  assert.deepEqual(compare(before, before), { added: [], vanished: [], changed: [], kept: 4 });
});

it('tells which settings of a search differ', () => {
  const before = { method: 'tpe', trials: 14, axes: { 'optimizer.lr': { log_uniform: [1e-4, 1] } } };
  const now = {
    method: 'tpe',
    axes: { 'optimizer.lr': { log_uniform: [1e-5, 1] } },
    stopping: { rule: 'asha' },
  };
  assert.deepEqual(settingsOf(before, now).map(settingText), [
    'sweep.trials: 14 → none',
    'sweep.axes.optimizer.lr.log_uniform: [0.0001,1] → [0.00001,1]',
    'sweep.stopping.rule: none → "asha"',
  ]);
  assert.deepEqual(settingsOf(before, before), []);
});
