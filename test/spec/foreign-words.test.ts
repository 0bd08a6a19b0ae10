import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreignWord, foreignWords } from '../../src/spec/foreign-words.ts';
import { experimentSchema, resolved, type Schema, schemaAt } from '../../src/spec/schema.ts';
import { parsePath } from '../../src/spec/tree.ts';

/** Whether a key can be written there, in one of the kinds that its section may be. */
function hasKey(path: string): boolean {
  const steps = parsePath(path)!;
  const section: Schema = schemaAt(steps.slice(0, -1), {}) ?? experimentSchema;
  return [section, ...(section.oneOf ?? []).map(resolved)].some(
    ({ properties }) => properties?.[String(steps.at(-1))] !== undefined,
  );
}

test('every key that a word of another tool stands for is one of a spec, and the word is none', () => {
  for (const { path, words, here = [] } of foreignWords) {
    if (path === undefined) continue;
    assert.ok(hasKey(path), path);
    const section = path.slice(0, path.lastIndexOf('.'));
    for (const word of [...words, ...here]) assert.ok(!hasKey(`${section}.${word}`), `${section}.${word}`);
  }
});

test('a word has one meaning, and its remedy names the key from anywhere', () => {
  const words = foreignWords.flatMap((entry) => entry.words);
  assert.equal(new Set(words).size, words.length);
  for (const word of words) {
    const elsewhere = foreignWord(['tags'], word)!;
    assert.equal(elsewhere.key, undefined);
    assert.match(elsewhere.remedy, /`/);
    assert.doesNotMatch(elsewhere.remedy, /undefined/);
  }
  assert.deepEqual(foreignWord(['optimizer'], 'Learning-Rate'), { key: 'lr', remedy: 'It is called lr.' });
  assert.deepEqual(foreignWord([], 'learning_rate'), { remedy: 'The learning rate is `optimizer.lr`.' });
  assert.equal(foreignWord([], 'type'), undefined);
  assert.equal(foreignWord(['sweep'], 'space')?.key, 'axes');
});
