import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { suggest } from '../base/suggest.ts';
import { type Problem, problemAt } from './problem.ts';
import { readTree } from './read.ts';
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
  const reading: Reading = { cwd, problems, sources: [], chain: [], folder: projectOf(path, cwd), lost: [] };
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
    const from = await readWithBases(resolve(dirname(path), base.file), {
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
    // What is not there is said when it is read.
    return true;
  }
}

async function readText(
  path: string,
  name: string,
  asked: Span | undefined,
  problems: Problem[],
): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    const message = `The spec ${name} ${why}.`;
    const near = code === 'ENOENT' ? await neighbour(path) : undefined;
    const remedy = near && `Did you mean ${join(dirname(name), near)}?`;
    if (!asked)
      throw new FacecomError('spec-missing', message, { place: { file: name }, remedy, exitCode: 2, cause });
    problems.push(problemAt(asked, { code: 'extends-missing', path: 'extends', message, remedy }));
    return undefined;
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
  const name = relative(cwd, path);
  return name.startsWith('..') ? path : name;
}

/** A `--set path=value` as a tree of one value, read as YAML. */
function readFlag(flag: string, problems: Problem[]): MapNode | undefined {
  const source: Source = { kind: 'flag', name: `--set ${flag}`, text: flag };
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

/** What `over` says, and what `under` says where it is silent; `null` in `over` removes. A flag may name an item of a list. */
export function merge(under: Node, over: Node): Node {
  if (over.kind !== 'map') return over;
  if (under.kind === 'list' && over.span.source.kind === 'flag') {
    const items = [...under.items];
    for (const [key, { node }] of over.entries) {
      const index = Number(key);
      if (!(index < items.length)) return over;
      items[index] = merge(items[index]!, node);
    }
    return { ...under, items };
  }
  if (under.kind !== 'map') return over;
  const entries = new Map(under.entries);
  for (const [key, entry] of over.entries) {
    const before = entries.get(key);
    entries.set(key, before ? { key: entry.key, node: merge(before.node, entry.node) } : entry);
  }
  return { ...over, entries };
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
