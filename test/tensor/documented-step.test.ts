import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { transform } from 'esbuild';
import { execa } from 'execa';
import { packageDir } from '../support/program.ts';

it('the step of docs/runtime.md prints what is written there', async () => {
  const page = readFileSync(join(packageDir, 'docs', 'runtime.md'), 'utf8');
  const [, source, printed] = /```ts\n(import \* as tf [^`]*)```\n\n((?: {4}.*\n)+)/.exec(page)!;
  const { code } = await transform(source!, { loader: 'ts', format: 'esm' });
  const { stdout } = await execa(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', code],
    {
      cwd: packageDir,
      env: { NO_COLOR: '1' },
    },
  );
  // tfjs greets on its own backends.
  const lines = stdout.split('\n').filter((line) => /^[\d[]/.test(line));
  assert.deepEqual(
    lines,
    printed!
      .trimEnd()
      .split('\n')
      .map((line) => line.trim()),
  );
});
