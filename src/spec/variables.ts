import { type Problem, problemAt } from './problem.ts';
import { childSchema, experimentSchema, type Schema } from './schema.ts';
import { type Entry, formatPath, type MapNode, type Node, type Path, toValue } from './tree.ts';

/** `${NAME}`, and `${NAME:-what else}` where the variable may be unset. */
const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * The tree with references to environment variables replaced, in the keys whose schema says `environment: true`. A reference anywhere
 * else is a problem: a spec then reads the same on every machine.
 */
export function withEnvironment(
  root: MapNode,
  { env, problems }: { env: Readonly<Record<string, string | undefined>>; problems: Problem[] },
): MapNode {
  const visit = (node: Node, path: Path, schema: Schema | undefined): Node => {
    if (node.kind === 'map') {
      const value = schema && toValue(node);
      const entries = new Map<string, Entry>();
      for (const [key, entry] of node.entries) {
        const child = schema && childSchema(schema, key, value);
        entries.set(key, { ...entry, node: visit(entry.node, [...path, key], child) });
      }
      return { ...node, entries };
    }
    if (node.kind === 'list') {
      const items = node.items.map((item, i) =>
        visit(item, [...path, i], schema && childSchema(schema, i, toValue(node))),
      );
      return { ...node, items };
    }
    if (typeof node.value !== 'string' || !node.value.includes('${')) return node;
    // Free text, and what another program reads, is kept as it is.
    if (schema?.environment === false) return node;
    const at = formatPath(path);
    const { value: written, span } = node;
    if (schema?.environment !== true) {
      if (written.search(reference) === -1) return node;
      problems.push(
        problemAt(span, {
          code: 'environment-undeclared',
          path: at,
          message: `${at} cannot refer to the environment.`,
          found: written,
          expected: `a reference only in ${declared().join(' and ')}`,
          remedy: 'Give the value with --set in place of it.',
        }),
      );
      return node;
    }
    let last: string | undefined;
    const value = written.replace(reference, (_, name: string, otherwise: string | undefined) => {
      last = name;
      const given = env[name];
      if (given !== undefined && given !== '') return given;
      if (otherwise !== undefined) return otherwise;
      problems.push(
        problemAt(span, {
          code: 'environment-unset',
          path: at,
          message: `${at} needs the environment variable ${name}, which is not set.`,
          found: written,
          remedy: `Set ${name}, or write \${${name}:-VALUE} for a value without it.`,
        }),
      );
      return '';
    });
    return last === undefined ? node : { ...node, value, variable: last };
  };
  return visit(root, [], experimentSchema) as MapNode;
}

let names: string[] | undefined;

/** Keys that may refer to the environment. */
function declared(): string[] {
  if (names) return names;
  const found: string[] = [];
  const visit = (schema: Schema, path: Path) => {
    if (schema.environment) found.push(formatPath(path));
    for (const [key, child] of Object.entries(schema.properties ?? {})) visit(child, [...path, key]);
  };
  visit(experimentSchema, []);
  names = found;
  return names;
}
