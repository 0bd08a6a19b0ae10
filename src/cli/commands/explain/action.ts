import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { suggest } from '../../../base/suggest.ts';
import {
  formatPath,
  type Origin,
  type Path,
  parsePath,
  placeText,
  readExperiment,
  schemaAt,
  schemaWords,
} from '../../../spec/index.ts';
import type { ExplainOptions } from './command.ts';

/** A value as it is shown. */
interface Row {
  path: string;
  value: unknown;
  origin: Origin;
  /** Where a sweep varies it. */
  swept?: Origin;
}

/** Prints the values of a spec or a run with their origins. Gives the exit code. */
export async function explain(
  target: string,
  path: string | undefined,
  options: ExplainOptions,
): Promise<number> {
  const { kind, name, config, origins, swept } = isFile(target)
    ? await ofSpec(target, options)
    : await ofRun(target, options);
  const rows = rowsOf(config, origins, swept);
  const chosen = path === undefined ? rows : choose(rows, path);
  if (options.json) {
    const lines = [
      ...chosen.map((row) => ({ ...row, value: shown(row.value) })),
      { [kind]: name, values: chosen.length },
    ];
    process.stdout.write(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  } else {
    process.stdout.write(`${table(chosen)}\n`);
    const only = chosen.length === 1 ? chosen[0]! : undefined;
    if (path !== undefined && only) process.stdout.write(about(only.path, config));
  }
  return 0;
}

interface Explained {
  kind: 'spec' | 'run';
  name: string;
  config: object;
  origins: Record<string, Origin>;
  swept: Record<string, Origin>;
}

function isFile(target: string): boolean {
  if (/\.ya?ml$/i.test(target)) return true;
  return statSync(target, { throwIfNoEntry: false })?.isFile() ?? false;
}

async function ofSpec(file: string, { set }: ExplainOptions): Promise<Explained> {
  const resolved = await readExperiment(file, { set });
  const { sweptOrigins } = await import('../../../sweep/index.ts');
  return {
    kind: 'spec',
    name: file,
    config: resolved.config,
    origins: resolved.origins,
    swept: sweptOrigins(resolved),
  };
}

async function ofRun(text: string, { runs, set }: ExplainOptions): Promise<Explained> {
  if (set)
    throw new FacecomError('explain-set', '--set changes an experiment; a run is what it was.', {
      found: `--set ${set[0]}`,
      remedy: 'Leave --set out, or give the experiment file.',
      exitCode: 2,
    });
  const { findRun } = await import('../../../record/index.ts');
  const dir = findRun(runs, text);
  return {
    kind: 'run',
    name: dir,
    config: readJson(join(dir, 'config.json')) as object,
    origins: readJson(join(dir, 'origins.json'), {}) as Record<string, Origin>,
    swept: {},
  };
}

function readJson(file: string, otherwise?: object): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (otherwise && (error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw new FacecomError('run-unreadable', `${file} cannot be read.`, {
      place: { file },
      found: (error as Error).message,
      remedy: 'Start the run again: its folder is damaged.',
      exitCode: 2,
      cause: error,
    });
  }
}

/**
 * One row a value that is not a map, in the order of the config. Items of lists that have an origin of their own follow their list, and
 * axes over keys that the config does not have come last.
 */
function rowsOf(config: object, origins: Record<string, Origin>, swept: Record<string, Origin>): Row[] {
  const rows: Row[] = [];
  const add = (path: string, value: unknown, origin: Origin) => {
    const axis = Object.keys(swept).find((name) => path === name || path.startsWith(`${name}.`));
    rows.push({ path, value, origin, ...(axis ? { swept: swept[axis] } : {}) });
  };
  const items = [...new Set([...Object.keys(origins), ...Object.keys(swept)])];
  const visit = (value: unknown, path: Path) => {
    if (isMap(value) && Object.keys(value).length > 0) {
      for (const [key, child] of Object.entries(value)) visit(child, [...path, key]);
      return;
    }
    const name = formatPath(path);
    add(name, value, origins[name] ?? { kind: 'default' });
    for (const item of items)
      if (Array.isArray(value) && item.startsWith(`${name}[`))
        add(
          item,
          valueAt(config, parsePath(item) ?? []),
          origins[item] ?? origins[name] ?? { kind: 'default' },
        );
  };
  visit(config, []);
  for (const name of Object.keys(swept))
    if (!rows.some(({ path }) => path === name || path.startsWith(`${name}.`)))
      add(name, null, { kind: 'default' });
  return rows;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (current, part) => (current as Record<string, unknown> | undefined)?.[part],
    value,
  );
}

function choose(rows: readonly Row[], written: string): Row[] {
  const path = parsePath(written);
  const name = path && formatPath(path);
  const within = rows.filter(
    (row) => row.path === name || row.path.startsWith(`${name}.`) || row.path.startsWith(`${name}[`),
  );
  if (name !== undefined && within.length > 0) return within;
  // A value of a list that has no row of its own.
  const list = rows.find((row) => Array.isArray(row.value) && name?.startsWith(`${row.path}[`));
  const value = list && path && valueAt(list.value, path.slice(parsePath(list.path)!.length));
  if (list && value !== undefined) return [{ path: name!, value, origin: list.origin }];
  const names = new Set(rows.flatMap((row) => prefixes(row.path)));
  const near = suggest(written, [...names]) ?? endingIn(written, rows);
  throw new FacecomError('explain-path', `There is no value at ${written}.`, {
    found: written,
    expected: near ? near.text : 'a key such as optimizer.lr',
    remedy: near ? `Did you mean ${near.text}?` : 'Leave the path out: every value is shown.',
    exitCode: 2,
  });
}

const prefixes = (path: string): string[] =>
  path.split('.').map((_, i, parts) => parts.slice(0, i + 1).join('.'));

/** `lr` for `optimizer.lr`. */
function endingIn(written: string, rows: readonly Row[]): { text: string } | undefined {
  const found = rows.filter(({ path }) => path.split('.').at(-1) === written);
  return found[0] && { text: found[0].path };
}

function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.path, text(row.value), originText(row)]);
  const width = (i: number, limit: number) =>
    Math.min(limit, Math.max(...cells.map((cell) => cell[i]!.length)));
  const [first, second] = [width(0, 60), width(1, 48)];
  return cells
    .map(([path, value, origin]) => `${path!.padEnd(first)}  ${value!.padEnd(second)}  ${origin}`)
    .join('\n');
}

function text(value: unknown): string {
  const line =
    typeof value === 'string' && value !== '' ? (shown(value) as string) : JSON.stringify(shown(value));
  return line.replaceAll('\n', '⏎');
}

/** A password in an address is not shown: runs of older versions may hold one. */
function shown(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1…@');
}

function originText({ origin, swept }: Row): string {
  const varied = swept ? `, varied by ${originOf(swept)}` : '';
  return originOf(origin) + varied;
}

function originOf(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'file':
      return placeText(origin);
    case 'flag':
      return origin.flag;
    case 'environment':
      return `environment ${origin.variable} in ${placeText(origin)}`;
    case 'axis':
      return `${origin.axis === 'sweep.repeats' ? origin.axis : 'axis'} at ${placeText(origin)}`;
    case 'retry':
      return `changed from ${JSON.stringify(origin.from)} after a failure (${origin.class})`;
  }
}

/** What the schema says about a key. */
function about(path: string, config: object): string {
  const schema = schemaAt(parsePath(path) ?? [], config);
  if (!schema) return '';
  return `\n${schemaWords(schema).join('\n')}\n`;
}
