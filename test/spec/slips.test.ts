import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectExperiment } from '../../src/spec/index.ts';
import { temporaryFolder } from '../support/program.ts';

/** A slip, the line and code of its one problem, what the message and the remedy say. */
const slips: [name: string, text: string, place: string, message: RegExp, remedy: RegExp][] = [
  [
    'a no-break space after a colon',
    'name: a\ntrain:\n  epochs:\u00a03\n',
    '3 yaml-syntax',
    /one word/,
    /ordinary space/,
  ],
  [
    'a no-break space as indent',
    'name: a\ntrain:\n\u00a0 epochs: 3\n',
    '3 yaml-syntax',
    /one word/,
    /ordinary space/,
  ],
  [
    'an ideographic space',
    'name: a\nseed:\u30003\n',
    '2 yaml-syntax',
    /is not valid YAML|one word/,
    /ordinary space/,
  ],
  [
    'a key too far out',
    'name: a\ntrain:\n    epochs: 3\n  batch_size: 8\n',
    '4 yaml-syntax',
    /stands neither/,
    /alike/,
  ],
  ['text with a colon', 'name: a\ndescription: lr: 0.1\n', '2 yaml-syntax', /as only a key may/, /in quotes/],
  [
    'an effect under its name',
    'name: a\naugment: {policy: [{rain: {p: 1}}]}\n',
    '2 spec-missing-key',
    /effect is required/,
    /\{effect: rain, p: …\}/,
  ],
  [
    'an effect by another key',
    'name: a\naugment: {policy: [{name: rain}]}\n',
    '2 spec-missing-key',
    /effect is required/,
    /\{effect: rain\}/,
  ],
  [
    'the bare name of an effect',
    'name: a\naugment: {policy: [rain]}\n',
    '2 spec-type',
    /a map/,
    /\{effect: rain\}/,
  ],
  ['two documents', 'name: a\n---\nname: b\n', '2 yaml-syntax', /more than one document/, /one document/],
];

for (const [name, text, place, message, remedy] of slips)
  test(`${name} is one problem, with a remedy`, async (t) => {
    const file = join(await temporaryFolder(t), 'a.yaml');
    writeFileSync(file, text);
    const { problems } = await inspectExperiment(file);
    assert.deepEqual(
      problems.map(({ line, code }) => `${line} ${code}`),
      [place],
    );
    assert.match(problems[0]!.message, message);
    assert.match(problems[0]!.remedy ?? '', remedy);
  });

test('a no-break space within a text is no problem', async (t) => {
  const file = join(await temporaryFolder(t), 'a.yaml');
  writeFileSync(file, 'name: a\ndescription: 10\u00a0km away\ntags: {"a\u00a0b": x}\n');
  assert.deepEqual((await inspectExperiment(file)).problems, []);
});

test('what is too short or too long is called so, with the bound', async (t) => {
  const file = join(await temporaryFolder(t), 'a.yaml');
  writeFileSync(file, `name: ${'a'.repeat(101)}\nsweep: {axes: {loss.alpha: []}}\n`);
  const { problems } = await inspectExperiment(file);
  assert.deepEqual(
    problems.map(({ message, expected }) => [message, expected!.split(', ').at(-1)]),
    [
      ['name is too long.', 'at most 100 characters'],
      ['sweep.axes["loss.alpha"] has too few items.', 'at least 1 item'],
    ],
  );
});
