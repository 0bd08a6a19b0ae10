import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The module with what `x-decides` and `x-evaluation` say in a schema of schemas/, by the dotted paths of the keys. */
export function decidesTable(schema: string): string {
  const root = JSON.parse(readFileSync(fileURLToPath(new URL(`../${schema}`, import.meta.url)), 'utf8'));
  const decides: Record<string, string> = {};
  const evaluation: Record<string, true> = {};
  const visit = (node: unknown, path: string | undefined): void => {
    if (typeof node !== 'object' || node === null) return;
    const {
      'x-decides': what,
      'x-evaluation': evaluates,
      properties,
      ...rest
    } = node as Record<string, unknown>;
    if ((what !== undefined || evaluates !== undefined) && !path)
      throw new Error('x-decides and x-evaluation belong to keys that every spec can have.');
    if (what !== undefined) decides[path!] = String(what);
    if (evaluates !== undefined) evaluation[path!] = true;
    for (const [key, child] of Object.entries(properties ?? {}))
      visit(child, path === undefined ? undefined : path === '' ? key : `${path}.${key}`);
    // A branch of a union, an item: no path of its own.
    for (const child of Object.values(rest)) visit(child, undefined);
  };
  visit(root, '');
  return `// Generated from ${schema} by \`npm run generate\`; do not edit.
export const annotated: { decides: Readonly<Record<string, 'result' | 'resume' | 'nothing'>>; evaluation: Readonly<Record<string, true>> } = ${JSON.stringify({ decides, evaluation })};
`;
}
