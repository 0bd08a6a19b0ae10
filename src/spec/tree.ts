import type { Span } from './source.ts';

/** A value with the place where it was written. */
export type Node = ScalarNode | MapNode | ListNode;

export interface ScalarNode {
  kind: 'scalar';
  value: string | number | boolean | null;
  span: Span;
  /** Name of the environment variable that gave the value. */
  variable?: string;
}

export interface MapNode {
  kind: 'map';
  entries: Map<string, Entry>;
  span: Span;
}

export interface Entry {
  key: Span;
  node: Node;
}

export interface ListNode {
  kind: 'list';
  items: Node[];
  span: Span;
}

/** A path into a configuration: keys of maps and indices of lists. */
export type Path = ReadonlyArray<string | number>;

/** `['augment', 'policy', 0, 'p']` as `augment.policy[0].p`; a key that holds a dot or bracket is quoted: `tags["a.b"]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/[.[\]"\s]|^$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** Reads a dotted path: `a.b`, `a[0].b` or `a.0.b`, `a["b.c"]`. Returns undefined if it is not one. */
export function parsePath(text: string): Path | undefined {
  const path: Array<string | number> = [];
  const pattern = /\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]|(\.?)([^.[\]"\s]+)/y;
  while (pattern.lastIndex < text.length) {
    const first = pattern.lastIndex === 0;
    const match = pattern.exec(text);
    if (!match) return undefined;
    const [, index, quoted, dot, name] = match;
    if (index !== undefined) path.push(Number(index));
    else if (quoted !== undefined) {
      try {
        path.push(JSON.parse(quoted) as string);
      } catch {
        return undefined;
      }
    } else {
      if ((dot === '') !== first) return undefined;
      path.push(/^\d{1,9}$/.test(name!) ? Number(name) : name!);
    }
  }
  return path.length > 0 ? path : undefined;
}

/** The plain value of a node. */
export function toValue(node: Node): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toValue);
  const value: Record<string, unknown> = {};
  for (const [key, entry] of node.entries) define(value, key, toValue(entry.node));
  return value;
}

/** Sets a key that a file chose, `__proto__` like any other. */
export function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}

/** The entry or item at a path, with the key's place where it has one. */
export function findNode(root: Node, path: Path): { key?: Span; node: Node } | undefined {
  let found: { key?: Span; node: Node } = { node: root };
  for (const part of path) {
    const { node } = found;
    if (node.kind === 'map') {
      const entry = node.entries.get(String(part));
      if (!entry) return undefined;
      found = entry;
    } else if (node.kind === 'list' && typeof part === 'number' && node.items[part]) {
      found = { node: node.items[part] };
    } else return undefined;
  }
  return found;
}
