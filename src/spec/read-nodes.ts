import { isAlias, isMap, isPair, isScalar, isSeq, type Node as YamlNode } from 'yaml';
import { type Problem, problemAt } from './problem.ts';
import { depthFinding, limits, sizeFinding } from './read-limits.ts';
import { schemaAt } from './schema.ts';
import type { Source, Span } from './source.ts';
import { type Entry, formatPath, type Node, type Path } from './tree.ts';
import { ODD_SPACE, oddSpace, oddSpaceMessage } from './yaml-syntax.ts';

/** A key, its colon and a space that YAML does not take for one. */
const oddPair = new RegExp(`^[\\w.-]+:${oddSpace.source}`);

/** Makes yaml's nodes a tree of values with their places; aliases are followed. Problems are added to the list. */
export class NodeReader {
  private nodes = 0;
  private stopped = false;
  private readonly anchors = new Map<string, YamlNode>();
  /** Anchors whose value is being read: an alias to one of them would be endless. */
  private readonly open = new Set<YamlNode>();

  constructor(
    private readonly source: Source,
    private readonly problems: Problem[],
  ) {}

  node(yaml: YamlNode, path: Path): Node {
    const span = this.span(yaml);
    if (this.stopped) return { kind: 'scalar', value: null, span };
    if (++this.nodes > limits.nodes) {
      this.stopped = true;
      this.report(span, sizeFinding(path));
      return { kind: 'scalar', value: null, span };
    }
    if (path.length > limits.depth) {
      this.stopped = true;
      this.report(span, depthFinding(path));
      return { kind: 'scalar', value: null, span };
    }
    if (isAlias(yaml)) return this.alias(yaml.source, span, path);
    const anchor = (yaml as { anchor?: string }).anchor;
    if (anchor) this.anchors.set(anchor, yaml);
    this.open.add(yaml);
    const node = this.content(yaml, span, path);
    this.open.delete(yaml);
    return node;
  }

  private content(yaml: YamlNode, span: Span, path: Path): Node {
    if (isMap(yaml)) {
      const entries = new Map<string, Entry>();
      for (const pair of yaml.items) {
        if (!isPair(pair)) continue;
        const keyNode = pair.key as YamlNode | null;
        const key = this.key(keyNode, span, path, entries);
        if (key === undefined) continue;
        const at = [...path, key];
        const keySpan = keyNode ? this.span(keyNode) : span;
        const value = pair.value as YamlNode | null;
        const node: Node = value
          ? this.node(value, at)
          : { kind: 'scalar', value: null, span: { ...keySpan, start: keySpan.end } };
        entries.set(key, { key: keySpan, node });
      }
      return { kind: 'map', entries, span };
    }
    if (isSeq(yaml)) {
      const items = yaml.items.map((item, i) => this.node(item as YamlNode, [...path, i]));
      return { kind: 'list', items, span };
    }
    return { kind: 'scalar', value: this.scalar(yaml, span, path), span };
  }

  private reportOddSpace(span: Span, path: Path): void {
    this.report(span, {
      code: 'yaml-syntax',
      path: formatPath(path),
      message: oddSpaceMessage,
      found: this.text(span),
      remedy: ODD_SPACE,
    });
  }

  private scalar(yaml: YamlNode, span: Span, path: Path): string | number | boolean | null {
    const value: unknown = isScalar(yaml) ? yaml.value : undefined;
    // `epochs:␣3` with such a space is one word.
    if (isScalar(yaml) && yaml.type === 'PLAIN' && oddPair.test(String(value)))
      this.reportOddSpace(span, path);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      const text = this.text(span);
      const isDigits = /\d/.test(text);
      const quotable = isDigits && schemaAt(path, {})?.type === 'string';
      this.report(
        span,
        {
          code: 'yaml-number',
          path: formatPath(path),
          message: 'A number must be finite.',
          found: text,
          ...(quotable ? { suggestion: `"${text}"` } : {}),
          ...(isDigits && !quotable ? { remedy: 'Put it in quotes if it is text.' } : {}),
        },
        quotable ? `"${text}"` : undefined,
      );
      return null;
    }
    if (
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean' ||
      value === null
    )
      return value;
    this.report(span, {
      code: 'yaml-value',
      path: formatPath(path),
      message: 'This is not a value that a spec can hold.',
      found: this.text(span),
      expected: 'text, a number, true, false, null, a list or a map',
    });
    return null;
  }

  private alias(name: string, span: Span, path: Path): Node {
    const target = this.anchors.get(name);
    if (!target || this.open.has(target)) {
      this.report(span, {
        code: 'yaml-alias',
        path: formatPath(path),
        message: target
          ? `The alias *${name} lies within its own anchor.`
          : `The alias *${name} has no anchor before it.`,
        found: `*${name}`,
        expected:
          this.anchors.size > 0
            ? `one of ${[...this.anchors.keys()].map((a) => `*${a}`).join(', ')}`
            : `&${name} before it`,
      });
      return { kind: 'scalar', value: null, span };
    }
    return this.node(target, path);
  }

  private key(
    yaml: YamlNode | null,
    mapSpan: Span,
    path: Path,
    entries: Map<string, Entry>,
  ): string | undefined {
    const span = yaml ? this.span(yaml) : { ...mapSpan, end: mapSpan.start + 1 };
    const value: unknown = isScalar(yaml) ? yaml.value : undefined;
    if (typeof value !== 'string') {
      this.report(span, {
        code: 'yaml-key',
        path: formatPath(path),
        message: 'A key must be text.',
        found: yaml ? this.text(span) : 'an empty key',
        remedy:
          typeof value === 'number' || typeof value === 'boolean' ? 'Put the key in quotes.' : undefined,
      });
      return undefined;
    }
    if (isScalar(yaml) && yaml.type === 'PLAIN' && oddSpace.test(value)) {
      this.reportOddSpace(span, path);
      return undefined;
    }
    if (value === '<<') {
      this.report(span, {
        code: 'yaml-merge-key',
        path: formatPath([...path, '<<']),
        message: 'The merge key << is not part of YAML 1.2.',
        remedy: 'Use `extends` for whole specs, or an alias in place of a whole value.',
      });
      return undefined;
    }
    const before = entries.get(value);
    if (before) {
      this.report(span, {
        code: 'yaml-duplicate-key',
        path: formatPath([...path, value]),
        message: `The key ${value} is given twice in one map.`,
        remedy: 'Keep one of them.',
      });
      return undefined;
    }
    return value;
  }

  private span(yaml: YamlNode): Span {
    const range = yaml.range ?? [0, 0, 0];
    return {
      source: this.source,
      start: range[0],
      end: Math.max(range[0], trimmedEnd(this.source.text, range[0], range[1])),
    };
  }

  private text(span: Span): string {
    const text = this.source.text.slice(span.start, span.end);
    return text.length > 60 ? `${text.slice(0, 59)}…` : text;
  }

  private report(span: Span, finding: Parameters<typeof problemAt>[1], fix?: string): void {
    this.problems.push(problemAt(span, finding, fix));
  }
}

function trimmedEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && /\s/.test(text[last - 1]!)) last--;
  return last;
}
