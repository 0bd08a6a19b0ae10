import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDir } from './program.ts';

/** The first example of a page that begins with an import, and the lines that the page says it prints. */
export function documented(page: string): { source: string; printed: string[] } {
  const text = readFileSync(join(packageDir, 'docs', page), 'utf8');
  const [, source, printed] = /```[jt]s\n(import [\s\S]*?)```\n\n((?: {4}.*\n)+)/.exec(text)!;
  return {
    source: source!,
    printed: printed!
      .trimEnd()
      .split('\n')
      .map((line) => line.trim()),
  };
}
