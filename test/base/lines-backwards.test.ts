import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { linesBackwards } from '../../src/base/lines-backwards.ts';
import { temporaryFolder } from '../support/program.ts';

test('gives the lines of any text from the last to the first', async (t) => {
  const file = join(await temporaryFolder(t), 'text');
  // Long lines cross the borders of what is read at a time.
  const line = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.nat(200_000).map((n) => 'é'.repeat(n)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        line.map((text) => text.replaceAll('\n', '')),
        { minLength: 1, maxLength: 8 },
      ),
      async (lines) => {
        const text = Buffer.from(lines.join('\n'));
        writeFileSync(file, text);
        const expected = text.length === 0 ? [] : text.toString('utf8').split('\n').reverse();
        assert.deepEqual([...linesBackwards(file)], expected);
      },
    ),
    { numRuns: 60 },
  );
});

test('an absent file has no lines, and one that is too long is given as an empty one', async (t) => {
  const folder = await temporaryFolder(t);
  assert.deepEqual([...linesBackwards(join(folder, 'absent'))], []);
  const file = join(folder, 'long');
  writeFileSync(file, `first\n${'x'.repeat(300_000)}\nlast\n`);
  assert.deepEqual([...linesBackwards(file, 100_000)], ['', 'last', '', 'first']);
});
