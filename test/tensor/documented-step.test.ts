import assert from 'node:assert/strict';
import { it } from 'node:test';
import { transform } from 'esbuild';
import { execa } from 'execa';
import { documented } from '../support/documented.ts';
import { packageDir } from '../support/program.ts';

it('the step of docs/runtime.md prints what is written there', async () => {
  const { source, printed } = documented('runtime.md');
  const { code } = await transform(source, { loader: 'ts', format: 'esm' });
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
  assert.deepEqual(lines, printed);
});
