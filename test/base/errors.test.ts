import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { packageDir } from '../support/program.ts';

it('docs/errors.md explains every code that the program throws', () => {
  const documented = new Set(
    [...readFileSync(join(packageDir, 'docs/errors.md'), 'utf8').matchAll(/^\| `([a-z-]+)`/gm)].map(
      ([, code]) => code,
    ),
  );
  const thrown = new Set<string>();
  for (const file of readdirSync(join(packageDir, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(packageDir, 'src', file), 'utf8');
    for (const [, code] of text.matchAll(/new FacecomError\(\s*'([a-z-]+)'/g)) thrown.add(code!);
  }
  assert.ok(thrown.size > 80);
  assert.deepEqual(
    [...thrown].filter((code) => !documented.has(code)),
    [],
  );
});
