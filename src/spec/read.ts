import { isAlias, isMap, isPair, isScalar, isSeq, Lexer, parseDocument, type Node as YamlNode } from 'yaml';
import { type Finding, type Problem, problemAt } from './problem.ts';
import { schemaAt } from './schema.ts';
import type { Source, Span } from './source.ts';
import { type Entry, formatPath, type Node, type Path } from './tree.ts';

/** A spec is a page; what is larger was given by mistake or malice. */
export const limits = {
  /** Characters of a file. */
  characters: 1_000_000,
  /** Keys of maps, by the colons of a text: before it is read. */
  keys: 4000,
  /** Values of a document after its aliases are followed. */
  nodes: 50_000,
  /** Nesting. */
  depth: 50,
};

/**
 *   text ─▶ yaml's document (YAML 1.2) ─▶ tree of values with their places, aliases followed
 *
 * Problems are added to the list; undefined if there is no tree to continue with.
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
  const marks = conflictMarks(source);
  if (marks) {
    problems.push(marks);
    return undefined;
  }
  const early = tooManyKeys(source) ?? tooManyValues(source) ?? tooDeep(source);
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
    problems.push(
      problemAt({ source, start: pos[0], end: pos[1] }, yamlFinding(code, message, lineAt(text, pos[0]))),
    );
  if (document.errors.length > 0) return undefined;
  for (const { pos, code, message } of document.warnings)
    problems.push(
      problemAt({ source, start: pos[0], end: pos[1] }, yamlFinding(code, message, lineAt(text, pos[0]))),
    );
  const reader = new Reader(source, problems);
  return document.contents
    ? reader.node(document.contents as YamlNode, [])
    : { kind: 'scalar', value: null, span: { source, start: 0, end: 0 } };
}

/** A merge that git could not finish breaks YAML at every line of it: that is one problem. */
function conflictMarks(source: Source): Problem | undefined {
  const mark = /^(?:<{7}|>{7}) .*$/m.exec(source.text);
  if (!mark || !/^={7}$/m.test(source.text)) return undefined;
  return problemAt(
    { source, start: mark.index, end: mark.index + mark[0].length },
    {
      code: 'yaml-conflict',
      path: '',
      message: 'The file has the marks of a merge conflict.',
      found: mark[0],
      remedy: 'Keep one side, and remove the lines with <<<<<<<, ======= and >>>>>>>.',
    },
  );
}

/** A map of a hundred thousand keys takes seconds to read, and as many to complain of. */
function tooManyKeys(source: Source): Problem | undefined {
  const colons = source.text.matchAll(/:(?=\s)/g);
  let count = 0;
  for (const { index } of colons)
    if (++count > limits.keys)
      return problemAt(
        { source, start: index, end: index + 1 },
        {
          code: 'yaml-size',
          path: '',
          message: `The file has more than ${limits.keys} keys.`,
          remedy: 'Write fewer: a spec is a page, and a sweep makes its trials from ranges.',
        },
      );
  return undefined;
}

/** A list is as slow to read: every comma and every line may be a value. */
function tooManyValues(source: Source): Problem | undefined {
  const { text } = source;
  if (text.length < limits.nodes) return undefined;
  let count = 0;
  // What is between quotes, or in a comment, is no value; only a text with many separators is worth its tokens.
  for (const _ of text.matchAll(/[,\n]/g)) count++;
  if (count <= limits.nodes) return undefined;
  let values = 0;
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    if ((token === ',' || token === '-') && ++values > limits.nodes)
      return problemAt({ source, start: at, end: at + 1 }, sizeFinding([]));
    if (!lexerMarks.has(token)) at += token.length;
  }
  return undefined;
}

/** What the lexer puts between tokens for documents, flows and scalars: not of the text. */
const lexerMarks = new Set(['\u0002', '\u0018', '\u001f', '\ufeff']);

/** Flow collections nested deeper than yaml can follow without exhausting the stack. */
function tooDeep(source: Source): Problem | undefined {
  const { text } = source;
  // Brackets in comments and texts nest nothing; only a text with many of them is worth its tokens.
  if ((text.match(/[[{]/g)?.length ?? 0) <= 4 * limits.depth) return undefined;
  let depth = 0;
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') {
      if (++depth > 4 * limits.depth) return problemAt({ source, start: at, end: at + 1 }, depthFinding([]));
    } else if ((token === ']' || token === '}') && depth > 0) depth--;
    if (!lexerMarks.has(token)) at += token.length;
  }
  return undefined;
}

function sizeFinding(path: Path): Finding {
  return {
    code: 'yaml-size',
    path: formatPath(path),
    message: `The document has more than ${limits.nodes} values when its aliases are followed.`,
    remedy: 'Write fewer values; an alias of an alias of an alias multiplies them.',
  };
}

function depthFinding(path: Path): Finding {
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
  BAD_INDENT: 'Indent the keys of one map alike.',
};

/** In words of the file, not of the library that reads it. */
const yamlMessages: Record<string, string> = {
  MULTIPLE_DOCS: 'The file holds more than one document.',
  BAD_INDENT: 'A key stands neither in the column of the keys before it nor further in.',
  BLOCK_AS_IMPLICIT_KEY: 'A value holds a colon and a space, as only a key may.',
};

function yamlFinding(code: string, message: string, line: string): Finding {
  if (message.includes('call stack')) return depthFinding([]);
  const said = message.replace(/\s+at line \d+.*$/s, '').replace(/\.?$/, '.');
  return {
    code: 'yaml-syntax',
    path: '',
    message: `This is not valid YAML: ${yamlMessages[code] ?? said}`,
    remedy: remedyOf(code, line),
  };
}

/** Spaces that look like one and are part of a word to YAML. */
const oddSpace = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/;
const ODD_SPACE =
  'There is a no-break space, or another that is none to YAML: type an ordinary space in its place.';

const oddSpaceMessage = 'This is one word to YAML: a space in it is none.';

function remedyOf(code: string, line: string): string | undefined {
  if (oddSpace.test(line)) return ODD_SPACE;
  if (/^\s*[^\s:#]+: [^"'#]*: /.test(line)) return 'Put text with a colon in quotes.';
  return yamlRemedies[code];
}

/** The line that an offset lies in. */
function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end === -1 ? undefined : end);
}

/** A key, its colon and a space that YAML does not take for one. */
const oddPair = new RegExp(`^[\\w.-]+:${oddSpace.source}`);

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
