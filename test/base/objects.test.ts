import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaves, overlaps, startsWith, valueAt } from '../../src/base/objects.ts';

test('leaves are lists, empty objects and plain values, by dotted path', () => {
  const value = { a: { b: 1, c: { d: [1, { e: 2 }] } }, f: {}, g: null, h: undefined };
  assert.deepEqual(
    [...leaves(value)],
    [
      ['a.b', 1],
      ['a.c.d', [1, { e: 2 }]],
      ['f', {}],
      ['g', null],
    ],
  );
});

test('values and prefixes of paths; an index is the same as number and as text', () => {
  const value = { a: [{ b: 1 }] };
  assert.equal(valueAt(value, ['a', 0, 'b']), 1);
  assert.equal(valueAt(value, ['a', '0', 'b']), 1);
  assert.equal(valueAt(value, ['a', 1, 'b']), undefined);
  assert.equal(valueAt(value, ['toString']), undefined);
  assert.ok(startsWith(['a', 0, 'b'], ['a', '0']));
  assert.ok(startsWith(['a'], ['a']) && startsWith(['a'], []));
  assert.ok(!startsWith(['a'], ['a', 'b']) && overlaps(['a'], ['a', 'b']));
  assert.ok(!overlaps(['a', 'c'], ['a', 'b']));
});
