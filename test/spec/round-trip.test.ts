import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { lineAndColumn } from '../../src/base/positions.ts';
import { resolveConfig } from '../../src/spec/index.ts';
import { experimentSchema, fillDefaults } from '../../src/spec/schema.ts';
import { formatPath, parsePath } from '../../src/spec/tree.ts';
import { read } from '../support/specs.ts';

it('reads every path that it writes', () => {
  const part = fc.oneof(
    fc.nat(99),
    fc.string({ minLength: 1 }).filter((text) => !/^\d+$/.test(text)),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (path) => {
      assert.deepEqual(parsePath(formatPath(path)), path);
    }),
  );
  for (const wrong of ['', '.a', 'a.', 'a..b', 'a[', 'a[x]', 'a b', '[0', 'a["b]'])
    assert.equal(parsePath(wrong), undefined, wrong);
});

const config = fc.record(
  {
    description: fc.string({ unit: 'grapheme' }),
    tags: fc.dictionary(fc.string(), fc.string()),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    loss: fc.record({
      alpha: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      beta: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    optimizer: fc.oneof(
      fc.record({
        name: fc.constant('sgd'),
        lr: fc.double({ min: 1e-12, max: 1, noNaN: true }),
        nesterov: fc.boolean(),
      }),
      fc.record({
        name: fc.constant('adamw'),
        betas: fc.tuple(fc.constant(0.9), fc.double({ min: 0, max: 0.999, noNaN: true })),
      }),
    ),
    augment: fc.record({
      policy: fc.oneof(
        fc.constant('none'),
        fc.array(
          fc.record({
            effect: fc.constantFrom('fog', 'rain'),
            p: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
        ),
      ),
    }),
  },
  { requiredKeys: [] },
);

it('reads a config that was written as YAML, or as JSON, as what it was', async (t) => {
  await fc.assert(
    fc.asyncProperty(config, fc.boolean(), async (partial, json) => {
      // Text that looks like a reference to the environment is one.
      fc.pre(!JSON.stringify(partial).includes('${'));
      const whole = resolveConfig({ name: 'a', ...partial });
      const found = await read(t, json ? JSON.stringify(whole) : stringify(whole, { version: '1.2' }));
      assert.deepEqual(found.config, whole);
    }),
    { numRuns: 60 },
  );
});

it('fills defaults into what is filled already without a change', () => {
  fc.assert(
    fc.property(config, (partial) => {
      const once = fillDefaults(experimentSchema, { name: 'a', ...partial });
      assert.deepEqual(fillDefaults(experimentSchema, once), once);
    }),
  );
});

it('counts lines and columns as an editor does', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'é', '😀', '\n', ' ')), fc.nat(50), (letters, at) => {
      const before = letters.slice(0, at);
      const lines = before.join('').split('\n');
      assert.deepEqual(lineAndColumn(letters.join(''), before.join('').length), {
        line: lines.length,
        column: [...lines.at(-1)!].length + 1,
      });
    }),
  );
});
