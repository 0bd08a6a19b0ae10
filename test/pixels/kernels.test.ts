import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assembleKernels } from '../../scripts/assemble.ts';

test('the committed kernels are those of the sources', async () => {
  for (const [path, text] of await assembleKernels())
    assert.equal(readFileSync(path, 'utf8'), text, `${path} is stale: npm run assemble`);
});
