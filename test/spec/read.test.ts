import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readTree } from '../../src/spec/read.ts';
import { toValue } from '../../src/spec/tree.ts';
import { places, problemsOf, read } from '../support/specs.ts';

function value(text: string): unknown {
  const problems: unknown[] = [];
  const tree = readTree({ kind: 'file', name: 'spec.yaml', text }, problems as never);
  assert.deepEqual(problems, []);
  return tree && toValue(tree);
}

it('reads YAML 1.2: 1e-3 is a number, yes and no are text, octal needs 0o', () => {
  assert.deepEqual(value('[1e-3, 1E3, .5, yes, no, on, NO, 0o17, 010, 0x1F, ~, 2026-01-01, 1:30]'), [
    0.001,
    1000,
    0.5,
    'yes',
    'no',
    'on',
    'NO',
    15,
    10,
    31,
    null,
    '2026-01-01',
    '1:30',
  ]);
});

it('follows aliases, and reads block text and quotes', () => {
  assert.deepEqual(value('a: &x {p: 1}\nb: *x\nc: |\n  two\n  lines\nd: "q\\u0041"'), {
    a: { p: 1 },
    b: { p: 1 },
    c: 'two\nlines\n',
    d: 'qA',
  });
});

const broken: Array<[what: string, text: string, expected: string[]]> = [
  ['a duplicate key', 'name: a\nseed: 1\nseed: 2\n', ['yaml-duplicate-key@3:1']],
  ['a key that is no text', 'name: a\n1: 2\n? [a]\n: 3\n', ['yaml-key@2:1', 'yaml-key@3:3']],
  ['a merge key', 'name: a\nloss: &l {alpha: 1}\ntrain:\n  <<: *l\n', ['yaml-merge-key@4:3']],
  ['an alias without an anchor', 'name: *who\n', ['yaml-alias@1:7']],
  ['an alias within itself', 'name: a\ntags: &t {x: *t}\n', ['yaml-alias@2:14']],
  [
    'a number that is not finite',
    'name: a\nloss: {alpha: .inf, beta: .nan}\n',
    ['yaml-number@2:15', 'yaml-number@2:27'],
  ],
  ['a tab as indent', 'name: a\nloss:\n\talpha: 1\n', ['yaml-syntax@3:1']],
  ['an open quote', 'name: "a\n', ['yaml-syntax@2:1']],
  ['two documents', 'name: a\n---\nname: b\n', ['yaml-syntax@2:1']],
  ['an unknown tag', 'name: !!js/function "x"\n', ['yaml-syntax@1:7']],
  ['a list', '- name: a\n', ['spec-not-a-map@1:1']],
  ['nothing', '# only a comment\n', ['spec-not-a-map@1:1']],
];
for (const [what, text, expected] of broken)
  it(`refuses ${what} at its place`, async (t) => {
    assert.deepEqual(await places(t, text), expected);
  });

it('refuses an alias bomb, deep nesting and a huge file at once', async (t) => {
  const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 12; i++)
    bomb.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(',')}]`,
    );
  assert.ok((await problemsOf(t, bomb.join('\n'))).some(({ code }) => code === 'yaml-size'));
  assert.deepEqual(
    (await problemsOf(t, `name: ${'['.repeat(100_000)}`)).map((p) => p.code),
    ['yaml-depth'],
  );
  const nested = `name: a\ntags: ${'{x: '.repeat(60)}1${'}'.repeat(60)}\n`;
  assert.ok((await problemsOf(t, nested)).some(({ code }) => code === 'yaml-depth'));
  assert.deepEqual(
    (await problemsOf(t, `# ${'x'.repeat(1_000_001)}`)).map((p) => p.code),
    ['spec-too-large'],
  );
});

it('keeps a key named __proto__ a key', async (t) => {
  assert.deepEqual(await places(t, 'name: a\n__proto__: {x: 1}\n'), ['spec-unknown-key@2:1']);
});

it('reads a file with a byte-order mark and Windows line ends', async (t) => {
  const { config } = await read(t, '\ufeffname: a\r\nseed: 7\r\n');
  assert.deepEqual([config.name, config.seed], ['a', 7]);
});

it('counts columns in characters, after letters outside of the basic plane, too', async (t) => {
  assert.deepEqual(await places(t, 'name: a\ntags: {k: "😀😀", seed: 1}\n'), ['spec-type@2:23']);
});
