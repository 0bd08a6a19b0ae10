import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { errorCodes } from '../../src/base/error-codes.ts';
import { packageDir } from '../support/program.ts';

const documented = [
  ...readFileSync(join(packageDir, 'docs/errors.md'), 'utf8').matchAll(/^\| `([a-z-]+)`/gm),
].map(([, code]) => code!);
/** A checkout's codes of its own build are those of scripts/build.mjs. */
const build = readFileSync(join(packageDir, 'scripts', 'build.mjs'), 'utf8');
const sources = readdirSync(join(packageDir, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== join('base', 'error-codes.ts'))
  .map((file) => readFileSync(join(packageDir, 'src', file), 'utf8'))
  .join('\n');

// That every code which is thrown is in the list is for the compiler to see.
it('docs/errors.md explains every code of the list, once, and no other', () => {
  assert.deepEqual([...documented].sort(), [...errorCodes].sort());
});

it('the list has no code that the program never uses', () => {
  assert.deepEqual(
    errorCodes.filter((code) => {
      const forms = [`'${code}'`, `  ${code}: `, `error[${code}]`];
      return !forms.some((form) => sources.includes(form) || build.includes(form));
    }),
    [],
  );
});
