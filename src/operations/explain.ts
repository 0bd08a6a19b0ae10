import { statSync } from 'node:fs';
import { FacecomError } from '../base/errors.ts';
import { isRecord, valueAt } from '../base/objects.ts';
import { suggest } from '../base/suggest.ts';
import { formatPath, type Origin, type Path, parsePath, readExperiment } from '../spec/index.ts';

export interface ExplainOptions {
  /** Assignments to an experiment's keys. */
  set?: readonly string[];
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
}

/** A value with its origin. */
export interface ExplainedValue {
  path: string;
  value: unknown;
  origin: Origin;
  /** Where a sweep varies it. */
  swept?: Origin;
}

export interface Explanation {
  kind: 'spec' | 'run';
  /** The file, or the run's folder. */
  name: string;
  config: object;
  values: ExplainedValue[];
}

/** The values of an experiment file or a run, all or those at a path, with their origins. Throws `explain-path`, `run-unreadable`. */
export async function explain(
  target: string,
  path: string | undefined,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const { kind, name, config, origins, swept } = isFile(target)
    ? await ofSpec(target, options)
    : await ofRun(target, options);
  const rows = rowsOf(config, origins, swept);
  return { kind, name, config, values: path === undefined ? rows : choose(rows, path) };
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
  const { sweptOrigins } = await import('../sweep/index.ts');
  return {
    kind: 'spec',
    name: file,
    config: resolved.config,
    origins: resolved.origins,
    swept: sweptOrigins(resolved),
  };
}

async function ofRun(text: string, { runs = 'runs', set }: ExplainOptions): Promise<Explained> {
  if (set)
    throw new FacecomError('explain-set', '--set changes an experiment; a run is what it was.', {
      found: `--set ${set[0]}`,
      remedy: 'Leave --set out, or give the experiment file.',
      exitCode: 2,
    });
  const { findRun, readConfig, readOrigins } = await import('../record/index.ts');
  const dir = findRun(runs, text);
  return {
    kind: 'run',
    name: dir,
    config: readConfig(dir),
    origins: readOrigins(dir),
    swept: {},
  };
}

/**
 * One row a value that is not a map, in the order of the config. Items of lists that have an origin of their own follow their list, and
 * axes over keys that the config does not have come last.
 */
function rowsOf(
  config: object,
  origins: Record<string, Origin>,
  swept: Record<string, Origin>,
): ExplainedValue[] {
  const rows: ExplainedValue[] = [];
  const add = (path: string, value: unknown, origin: Origin) => {
    const axis = Object.keys(swept).find((name) => path === name || path.startsWith(`${name}.`));
    rows.push({ path, value, origin, ...(axis ? { swept: swept[axis] } : {}) });
  };
  const items = [...new Set([...Object.keys(origins), ...Object.keys(swept)])];
  const visit = (value: unknown, path: Path) => {
    if (isRecord(value) && Object.keys(value).length > 0) {
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

function choose(rows: readonly ExplainedValue[], written: string): ExplainedValue[] {
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
  const { near, keys } = beside(written, [...names]) ?? {
    near: suggest(written, [...names])?.text ?? endingIn(written, rows),
  };
  throw new FacecomError('explain-path', `There is no value at ${written}.`, {
    found: written,
    expected: near ?? (keys ? `one of ${keys.join(', ')}` : 'a key such as optimizer.lr'),
    remedy: near ? `Did you mean ${near}?` : 'Leave the path out: every value is shown.',
    exitCode: 2,
  });
}

const prefixes = (path: string): string[] =>
  path.split('.').map((_, i, parts) => parts.slice(0, i + 1).join('.'));

/** What a section has in place of a key that it lacks; undefined if there is no such section. */
function beside(written: string, names: readonly string[]): { near?: string; keys: string[] } | undefined {
  const section = written.slice(0, Math.max(0, written.lastIndexOf('.')));
  if (section === '' || !names.includes(section)) return undefined;
  const keys = names.filter((name) => name.slice(0, name.lastIndexOf('.')) === section);
  const last = (path: string) => path.slice(section.length + 1);
  const near = suggest(last(written), keys.map(last))?.text;
  return { ...(near === undefined ? {} : { near: `${section}.${near}` }), keys };
}

/** `lr` for `optimizer.lr`. */
function endingIn(written: string, rows: readonly ExplainedValue[]): string | undefined {
  return rows.find(({ path }) => path.split('.').at(-1) === written)?.path;
}
