import { constants, existsSync } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { withoutSecrets } from '../base/secrets.ts';
import { suggest } from '../base/suggest.ts';
import { decodeUtf8, type NotUtf8 } from '../base/utf8.ts';
import { type Problem, problemAt } from './problem.ts';
import { readTree } from './read.ts';
import { branchOf, type Schema, schemaAt } from './schema.ts';
import type { Source, Span } from './source.ts';
import { type Entry, formatPath, type MapNode, type Node, type Path, parsePath } from './tree.ts';

export interface Composed {
  root: MapNode;
  /** The spec itself, then what it extends, in the order of reading. */
  sources: Source[];
  /** Whether every base could be read. */
  complete: boolean;
}

/**
 *   spec ─▶ its bases, first to last, each with its own bases ─▶ merged ─▶ the spec's own keys ─▶ --set
 *
 * Maps merge key by key, anything else replaces what was there, `null` removes it.
 */
export async function compose(
  file: string,
  { cwd, set, problems }: { cwd: string; set: readonly string[]; problems: Problem[] },
): Promise<Composed | undefined> {
  const path = resolve(cwd, file);
  const reading: Reading = {
    cwd,
    problems,
    sources: [],
    chain: [],
    folder: projectOf(path, cwd),
    lost: [],
    known: new Map(),
  };
  const root = await readWithBases(path, reading);
  if (!root) return undefined;
  const { sources, lost } = reading;
  return { root: withFlags(root, set, problems), sources, complete: lost.length === 0 };
}

/** A tree with `--set path=value` flags applied in order; what a flag or the tree sets to null is removed. */
export function withFlags(root: MapNode, set: readonly string[], problems: Problem[]): MapNode {
  let merged = root;
  for (const flag of set) {
    const change = readFlag(flag, problems);
    if (change) merged = merge(merged, change) as MapNode;
  }
  return withoutNulls(merged) as MapNode;
}

/** The keys that `--set` flags name, as dotted paths; flags that are malformed name none. */
export function pathsOfFlags(set: readonly string[]): string[] {
  return set.flatMap((flag) => {
    const path = parsePath(flag.slice(0, Math.max(0, flag.indexOf('='))).trim());
    return path ? [formatPath(path)] : [];
  });
}

/** What marks the folder that a project lies in. */
const marks = ['.git', 'package.json', 'pyproject.toml'];

/** The folder that bases must lie in: the spec's project, else the working directory where it holds the spec, else the spec's folder. */
function projectOf(path: string, cwd: string): string {
  for (let folder = dirname(path); dirname(folder) !== folder; folder = dirname(folder))
    if (marks.some((mark) => existsSync(join(folder, mark)))) return folder;
  return isWithin(cwd, path) ? cwd : dirname(path);
}

const isWithin = (folder: string, path: string): boolean =>
  path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);

interface Reading {
  cwd: string;
  problems: Problem[];
  sources: Source[];
  /** Files that are being read, each the base of the one before it. */
  chain: string[];
  /** Where the file was asked for, for a base. */
  asked?: Span;
  /** The folder that bases must lie in. */
  folder: string;
  /** Bases that could not be read. */
  lost: string[];
  /** What was read already, by path: a base that many extend is read once. */
  known: Map<string, MapNode | undefined>;
}

async function readWithBases(path: string, reading: Reading): Promise<MapNode | undefined> {
  const { cwd, problems, sources, chain, asked } = reading;
  const name = shownName(path, cwd);
  if (chain.includes(path)) {
    problems.push(
      problemAt(asked!, {
        code: 'extends-cycle',
        path: 'extends',
        message: 'A spec cannot extend itself, not even through others.',
        found: [...chain.slice(chain.indexOf(path)), path].map((p) => shownName(p, cwd)).join(' → '),
      }),
    );
    return undefined;
  }
  if (asked && !(await liesWithin(reading.folder, path))) {
    problems.push(
      problemAt(asked, {
        code: 'extends-outside',
        path: 'extends',
        message: 'A base lies outside of the folder of the project.',
        found: path,
        expected: `a file in ${reading.folder}`,
        remedy: 'Copy it into the project.',
      }),
    );
    return undefined;
  }
  const text = await readText(path, name, asked, problems);
  if (text === undefined) return undefined;
  const source: Source = { kind: 'file', name, text, path };
  sources.push(source);
  const tree = readTree(source, problems);
  if (!tree) return undefined;
  if (tree.kind !== 'map') {
    problems.push(
      problemAt(tree.span, {
        code: 'spec-not-a-map',
        path: '',
        message: 'A spec is a map of keys to values.',
        found: tree.kind === 'list' ? 'a list' : tree.value === null ? 'an empty file' : 'a single value',
        remedy: '`facecom init` writes one to start from.',
      }),
    );
    return undefined;
  }
  let merged: Node | undefined;
  for (const base of basesOf(tree, problems)) {
    const from = await readBase(resolve(dirname(path), base.file), {
      ...reading,
      chain: [...chain, path],
      asked: base.span,
    });
    if (from) merged = merged ? merge(merged, from) : from;
    else reading.lost.push(base.file);
  }
  const own: MapNode = { ...tree, entries: new Map(tree.entries) };
  own.entries.delete('extends');
  return (merged ? merge(merged, own) : own) as MapNode;
}

async function readBase(path: string, reading: Reading): Promise<MapNode | undefined> {
  const { known, chain } = reading;
  if (known.has(path) && !chain.includes(path)) return known.get(path);
  const base = await readWithBases(path, reading);
  known.set(path, base);
  return base;
}

function basesOf(tree: MapNode, problems: Problem[]): Array<{ file: string; span: Span }> {
  const entry = tree.entries.get('extends');
  if (!entry || (entry.node.kind === 'scalar' && entry.node.value === null)) return [];
  const nodes = entry.node.kind === 'list' ? entry.node.items : [entry.node];
  const bases: Array<{ file: string; span: Span }> = [];
  for (const node of nodes) {
    if (node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '')
      bases.push({ file: node.value, span: node.span });
    else
      problems.push(
        problemAt(node.span, {
          code: 'spec-type',
          path: 'extends',
          message: 'extends names a spec file, or a list of them.',
          found: node.kind === 'scalar' ? JSON.stringify(node.value) : `a ${node.kind}`,
        }),
      );
  }
  return bases;
}

/** Whether a file lies in a folder, symbolic links followed. */
async function liesWithin(folder: string, path: string): Promise<boolean> {
  if (!isWithin(folder, path)) return false;
  try {
    return isWithin(await realpath(folder), await realpath(path));
  } catch {
    // What is not there is reported when it is read.
    return true;
  }
}

/** The text of a spec, a regular file of UTF-8. */
async function readText(
  path: string,
  name: string,
  asked: Span | undefined,
  problems: Problem[],
): Promise<string | undefined> {
  const text = await textOf(path);
  if (typeof text === 'string') return text;
  if ('encoding' in text) {
    const { encoding, line, column } = text;
    problems.push({
      code: 'spec-encoding',
      file: name,
      ...{ line, column, path: '' },
      message: `The file is ${encoding}.`,
      expected: 'UTF-8',
      remedy: 'Save it as UTF-8.',
    });
    return undefined;
  }
  const message = `The spec ${name} ${text.why}.`;
  const near = text.absent ? await neighbour(path) : undefined;
  const remedy = near && `Did you mean ${join(dirname(name), near)}?`;
  const { cause } = text;
  // The message has its name already.
  if (!asked) throw new FacecomError('spec-missing', message, { remedy, exitCode: 2, cause });
  problems.push(problemAt(asked, { code: 'extends-missing', path: 'extends', message, remedy }));
  return undefined;
}

/** Opened without waiting for a writer, as a FIFO would have it. */
async function textOf(
  path: string,
): Promise<string | NotUtf8 | { why: string; absent?: boolean; cause?: unknown }> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const info = await handle.stat();
      if (info.isDirectory()) return { why: 'is a folder' };
      if (!info.isFile()) return { why: 'is no regular file' };
      return decodeUtf8(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { why: 'does not exist', absent: true, cause };
    return { why: code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`, cause };
  }
}

/** The spec of the folder whose name is nearest. */
async function neighbour(path: string): Promise<string | undefined> {
  const names = await readdir(dirname(path)).catch(() => []);
  return suggest(
    basename(path),
    names.filter((name) => /\.ya?ml$/.test(name)),
  )?.text;
}

function shownName(path: string, cwd: string): string {
  const name = relative(cwd, path) || '.';
  return name.startsWith('..') ? path : name;
}

/** A `--set path=value` as a tree of one value, read as YAML. */
function readFlag(flag: string, problems: Problem[]): MapNode | undefined {
  const source: Source = { kind: 'flag', name: `--set ${withoutSecrets(flag)}`, text: flag };
  const equals = flag.indexOf('=');
  const path = equals > 0 ? parsePath(flag.slice(0, equals).trim()) : undefined;
  if (!path) {
    problems.push(
      problemAt(
        { source, start: 0, end: flag.length },
        {
          code: 'flag-set',
          path: '',
          message: '--set takes a dotted path and a value.',
          found: flag,
          expected: 'path=value, such as optimizer.lr=0.01',
        },
      ),
    );
    return undefined;
  }
  // The value keeps its offset in the flag, so that a problem in it is marked at its place.
  const blank = ' '.repeat(equals + 1);
  const before = problems.length;
  const value = readTree({ ...source, text: blank + flag.slice(equals + 1) }, problems);
  if (!value || problems.length > before) return undefined;
  const key: Span = { source, start: 0, end: equals };
  let node = withSource(value, source);
  for (const part of [...path].reverse())
    node = {
      kind: 'map',
      entries: new Map([[String(part), { key, node }]]),
      span: { source, start: 0, end: flag.length },
    };
  return node as MapNode;
}

function withSource(node: Node, source: Source): Node {
  const span = { ...node.span, source };
  if (node.kind === 'scalar') return { ...node, span };
  if (node.kind === 'list')
    return { ...node, span, items: node.items.map((item) => withSource(item, source)) };
  const entries = new Map<string, Entry>();
  for (const [key, entry] of node.entries)
    entries.set(key, { key: { ...entry.key, source }, node: withSource(entry.node, source) });
  return { ...node, span, entries };
}

/**
 * What `over` says, and what `under` says where it is silent; `null` in `over` removes. A flag may name an item of a list. Where a
 * map is one of several kinds (`schedule: {name: cosine}`), another kind in `over` drops the keys that only the former has.
 */
export function merge(under: Node, over: Node, path: Path = []): Node {
  const short = kindOf(over, path);
  if (short) return merge(under, short, path);
  if (over.kind !== 'map') return over;
  if (under.kind === 'list' && over.span.source.kind === 'flag') {
    const items = [...under.items];
    for (const [key, { node }] of over.entries) {
      const index = Number(key);
      if (!(index < items.length)) return over;
      items[index] = merge(items[index]!, node, [...path, index]);
    }
    return { ...under, items };
  }
  if (under.kind !== 'map') return over;
  const entries = new Map(ofThisKind(under, over, path));
  for (const [key, entry] of over.entries) {
    const before = entries.get(key);
    const at = [...path, key];
    const node = before ? merge(before.node, entry.node, at) : spelledOut(entry.node, at);
    entries.set(key, { key: entry.key, node });
  }
  return { ...over, entries };
}

/** `schedule=cosine`, short for `schedule.name=cosine`; undefined for anything else. */
function kindOf(node: Node, path: Path): MapNode | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.span.source.kind !== 'flag')
    return undefined;
  const tag = unionAt(path)?.discriminator?.propertyName;
  if (tag === undefined) return undefined;
  return { kind: 'map', span: node.span, entries: new Map([[tag, { key: node.span, node }]]) };
}

/** A flag's value with what is short for a map written out; anything else as it is. */
function spelledOut(node: Node, path: Path): Node {
  if (node.span.source.kind !== 'flag') return node;
  const short = kindOf(node, path);
  if (short || node.kind !== 'map') return short ?? node;
  const entries = [...node.entries].map(
    ([key, entry]) => [key, { ...entry, node: spelledOut(entry.node, [...path, key]) }] as const,
  );
  return { ...node, entries: new Map(entries) };
}

/** The entries of a map that hold for the kind that `over` makes of it. */
function ofThisKind(under: MapNode, over: MapNode, path: Path): Iterable<[string, Entry]> {
  const union = unionAt(path);
  const tag = union?.discriminator?.propertyName;
  const chosen = tag === undefined ? undefined : over.entries.get(tag)?.node;
  if (chosen?.kind !== 'scalar') return under.entries;
  const before = under.entries.get(tag!)?.node;
  const defaultKind = (union!.default as Record<string, unknown> | undefined)?.[tag!];
  if ((before?.kind === 'scalar' ? before.value : defaultKind) === chosen.value) return under.entries;
  const keys = branchOf(union!, { [tag!]: chosen.value })?.properties;
  return keys ? [...under.entries].filter(([key]) => Object.hasOwn(keys, key)) : under.entries;
}

/** The schema of a map that is one of several kinds. */
function unionAt(path: Path): Schema | undefined {
  const schema = path.length > 0 ? schemaAt(path, {}) : undefined;
  return schema?.discriminator && schema.oneOf ? schema : undefined;
}

function withoutNulls(node: Node): Node {
  if (node.kind !== 'map') return node;
  const entries = new Map<string, Entry>();
  for (const [key, entry] of node.entries)
    if (!(entry.node.kind === 'scalar' && entry.node.value === null))
      entries.set(key, { ...entry, node: withoutNulls(entry.node) });
  return { ...node, entries };
}

/** Where each value of a tree was written. */
export function placesOf(
  root: Node,
  path: Path = [],
  places: Map<string, Node> = new Map(),
): Map<string, Node> {
  if (root.kind === 'map') for (const [key, { node }] of root.entries) placesOf(node, [...path, key], places);
  else places.set(formatPath(path), root);
  return places;
}
