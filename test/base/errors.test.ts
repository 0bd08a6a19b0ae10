import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { packageDir } from '../support/program.ts';

const documented = new Set(
  [...readFileSync(join(packageDir, 'docs/errors.md'), 'utf8').matchAll(/^\| `([a-z-]+)`/gm)].map(
    ([, code]) => code!,
  ),
);
/** A checkout's codes of its own build are those of scripts/build.mjs. */
const build = readFileSync(join(packageDir, 'scripts', 'build.mjs'), 'utf8');
const sources = readdirSync(join(packageDir, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(packageDir, 'src', file), 'utf8'))
  .join('\n');

it('docs/errors.md explains every code that the program throws', () => {
  const thrown = new Set<string>();
  for (const [, code] of sources.matchAll(/new FacecomError\(\s*'([a-z-]+)'/g)) thrown.add(code!);
  assert.ok(thrown.size > 80);
  assert.deepEqual(
    [...thrown].filter((code) => !documented.has(code)),
    [],
  );
});

it('docs/errors.md explains no code that the program does not know', () => {
  assert.deepEqual(
    [...documented].filter((code) => {
      const forms = [`'${code}'`, `  ${code}: `, `error[${code}]`];
      return !forms.some((form) => sources.includes(form) || build.includes(form));
    }),
    [],
  );
});
