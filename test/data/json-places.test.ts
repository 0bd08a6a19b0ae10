import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonPlaces } from '../../src/data/json-places.ts';

test('finds an error exactly where JSON.parse does', () => {
  const texts = fc.oneof(
    fc.json(),
    fc
      .array(fc.constantFrom(...'[]{},:"\\ \n1-.ea', 'true', 'null', '"a"', '1.5e3'), { maxLength: 12 })
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      assert.equal(jsonPlaces(text).error === undefined, valid, JSON.stringify(text));
    }),
    { numRuns: 500 },
  );
});

test('finds the elements of the outermost list', () => {
  const text = '[ {"a": [1, 2]},\n"x" , 3,[]]';
  assert.deepEqual(
    jsonPlaces(text).elements.map((at) => text[at]),
    ['{', '"', '3', '['],
  );
});

test('takes a byte order mark for no part of the text, and nesting without end for no fault of its own', () => {
  assert.deepEqual(jsonPlaces('\ufeff[1, 2'), { error: 6, elements: [2, 5] });
  assert.deepEqual(jsonPlaces('\ufeff[1]'), { error: undefined, elements: [2] });
  const deep = '['.repeat(200_000);
  assert.equal(jsonPlaces(deep).elements[0], 1);
});
