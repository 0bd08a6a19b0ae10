import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Undoing } from '../../src/operations/undoing.ts';

test('what was set up is taken down in reverse, each step is tried, and the first error is thrown', async () => {
  const done: number[] = [];
  const undoing = new Undoing();
  undoing.add(() => void done.push(1));
  undoing.add(async () => {
    done.push(2);
    throw new Error('two');
  });
  undoing.add(() => {
    done.push(3);
    throw new Error('three');
  });
  await assert.rejects(undoing.all(), /three/);
  assert.deepEqual(done, [3, 2, 1]);
  // Nothing is taken down twice.
  await undoing.all();
  assert.equal(done.length, 3);
});
