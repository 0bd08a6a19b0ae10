import { type Suggestion, suggest } from '../base/suggest.ts';
import { decides, experimentSchema, formatPath, type Path, resolved, type Schema } from '../spec/index.ts';

/** The schemas that a path can have, whatever the unions on its way hold; none where no spec can have the path. */
export function possibleSchemas(path: Path): Schema[] {
  const name = formatPath(path);
  const known = cache.get(name);
  if (known) return known;
  let schemas: Schema[] = [experimentSchema];
  for (const part of path) schemas = [...new Set(schemas.flatMap((schema) => childrenAt(schema, part)))];
  cache.set(name, schemas);
  return schemas;
}

const cache = new Map<string, Schema[]>();

const FREE: Schema = { additionalProperties: true };

function branchesOf(schema: Schema): Schema[] {
  if (schema.oneOf) return schema.oneOf.map(resolved);
  if (schema.if) return [schema.then, schema.else].filter((branch) => branch !== undefined).map(resolved);
  return [schema];
}

function childrenAt(schema: Schema, part: string | number): Schema[] {
  return branchesOf(schema).flatMap((branch) => {
    // The branch of a union may itself be one: the items of a policy.
    const inner = branch !== schema && (branch.oneOf || branch.if) ? childrenAt(branch, part) : [];
    if (typeof part === 'number') return branch.items ? [resolved(branch.items)] : inner;
    if (branch.properties && Object.hasOwn(branch.properties, part))
      return [resolved(branch.properties[part]!)];
    if (typeof branch.additionalProperties === 'object') return [resolved(branch.additionalProperties)];
    // A free map: what is in it is free, too.
    if (branch.additionalProperties === true) return [FREE];
    return inner;
  });
}

let names: string[] | undefined;

/** Every dotted path of a spec that a sweep can vary; items of lists as `[0]`. */
export function sweepablePaths(): string[] {
  if (names) return names;
  const found = new Set<string>();
  const visit = (schema: Schema, path: Path) => {
    if (path.length > 8) return;
    if (path.length > 0) found.add(formatPath(path));
    for (const branch of branchesOf(schema)) {
      for (const [key, child] of Object.entries(branch.properties ?? {}))
        if (path.length > 0 || decides(key) !== 'nothing') visit(resolved(child), [...path, key]);
      if (branch.items && branch.else === undefined) visit(resolved(branch.items), [...path, 0]);
    }
  };
  visit(experimentSchema, []);
  names = [...found];
  return names;
}

/** The path nearest to what was written: by edits, else a path that ends as it does (`lr` for `optimizer.lr`). */
export function suggestPath(written: string): Suggestion | undefined {
  // An item of a list, its brackets right or not.
  const item = /\[\d+[\].]*|\.?\d+\][\].]*/g;
  const indices = [...written.matchAll(item)].map(([text]) => text.replace(/\D/g, ''));
  const general = written.replace(item, '[0].').replace(/\.$/, '');
  const restore = ({ text, sure }: Suggestion) => {
    let at = 0;
    return { text: text.replace(/\[0\]/g, () => `[${indices[at++] ?? 0}]`), sure };
  };
  const near = suggest(general, sweepablePaths());
  const last = general.split('.').at(-1)!;
  const ending = sweepablePaths().filter((path) => path.split('.').at(-1) === last && path !== general);
  if (near?.sure) return restore(near);
  if (ending.length > 0) return restore({ text: ending[0]!, sure: ending.length === 1 });
  return near && restore(near);
}
