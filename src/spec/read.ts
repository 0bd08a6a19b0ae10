import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument, type Node as YamlNode } from 'yaml';
import { type Problem, problemAt } from './problem.ts';
import type { Source, Span } from './source.ts';
import { type Entry, formatPath, type Node, type Path } from './tree.ts';

/** A spec is a page; what is larger was given by mistake or malice. */
export const limits = {
  /** Characters of a file. */
  characters: 1_000_000,
  /** Values of a document after its aliases are followed. */
  nodes: 50_000,
  /** Nesting. */
  depth: 50,
};

/**
 *   text ─▶ yaml's document (YAML 1.2) ─▶ tree of values with their places, aliases followed
 *
 * Problems are added to the list; undefined where there is no tree to go on with.
 */
export function readTree(source: Source, problems: Problem[]): Node | undefined {
  const { text } = source;
  if (text.length > limits.characters) {
    problems.push(
      problemAt(
        { source: { ...source, text: '' }, start: 0, end: 0 },
        {
          code: 'spec-too-large',
          path: '',
          message: 'The file is too large for a spec.',
          found: `${text.length} characters`,
          expected: `at most ${limits.characters}`,
        },
      ),
    );
    return undefined;
  }
  const early = tooDeep(source);
  if (early) {
    problems.push(early);
    return undefined;
  }
  const document = parseDocument(text, {
    version: '1.2',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  for (const { pos, code, message } of document.errors)
    problems.push(problemAt({ source, start: pos[0], end: pos[1] }, yamlFinding(code, message)));
  if (document.errors.length > 0) return undefined;
  for (const { pos, code, message } of document.warnings)
    problems.push(problemAt({ source, start: pos[0], end: pos[1] }, yamlFinding(code, message)));
  const reader = new Reader(source, problems);
  return document.contents
    ? reader.node(document.contents as YamlNode, [])
    : { kind: 'scalar', value: null, span: { source, start: 0, end: 0 } };
}

/** Flow collections nested deeper than yaml can follow without exhausting the stack. */
function tooDeep(source: Source): Problem | undefined {
  let depth = 0;
  const { text } = source;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '[' || c === '{') {
      if (++depth > 4 * limits.depth) return problemAt({ source, start: i, end: i + 1 }, depthFinding([]));
    } else if ((c === ']' || c === '}') && depth > 0) depth--;
  }
  return undefined;
}

function depthFinding(path: Path) {
  return {
    code: 'yaml-depth',
    path: formatPath(path),
    message: `Values are nested deeper than ${limits.depth} levels.`,
  };
}

const yamlRemedies: Record<string, string> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  MULTIPLE_DOCS: 'Keep one document in a file: remove the `---` between them.',
  MISSING_CHAR: 'Close the quote or bracket.',
};

function yamlFinding(code: string, message: string) {
  if (message.includes('call stack')) return depthFinding([]);
  return {
    code: 'yaml-syntax',
    path: '',
    message: `This is not valid YAML: ${message.replace(/\s+at line \d+.*$/s, '').replace(/\.?$/, '.')}`,
    remedy: yamlRemedies[code],
  };
}

class Reader {
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
      this.report(span, {
        code: 'yaml-size',
        path: formatPath(path),
        message: `The document has more than ${limits.nodes} values when its aliases are followed.`,
        remedy: 'Write fewer values; an alias of an alias of an alias multiplies them.',
      });
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

  private scalar(yaml: YamlNode, span: Span, path: Path): string | number | boolean | null {
    const value: unknown = isScalar(yaml) ? yaml.value : undefined;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.report(span, {
        code: 'yaml-number',
        path: formatPath(path),
        message: 'A number must be finite.',
        found: this.text(span),
      });
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

  private report(span: Span, finding: Parameters<typeof problemAt>[1]): void {
    this.problems.push(problemAt(span, finding));
  }
}

function trimmedEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && /\s/.test(text[last - 1]!)) last--;
  return last;
}
