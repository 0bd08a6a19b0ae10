import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { suggest } from '../base/suggest.ts';
import { runName } from './run-folder.ts';

interface Run {
  /** Of its experiment. */
  name: string;
  /** `<trial>-<attempt>`. */
  folder: string;
  trial: string;
  attempt: number;
  dir: string;
}

/**
 * The run folder that a user means: a path to it, `name/trial-attempt`, `trial-attempt`, `trial` (its latest attempt), the first
 * characters of one of these that no other trial has, `name` where it has one trial, `last` or `name/last` for the run that was
 * made last. Throws FacecomError `run-not-found` and `run-ambiguous` (exit code 2).
 */
export function findRun(runs: string, text: string): string {
  const path = trimmed(text);
  if (path !== 'last' && isRunFolder(path)) return path;
  const all = runsIn(runs);
  for (const match of matchers(runs, path)) {
    const found = all.filter(match);
    const trials = new Set(found.map(({ name, trial }) => `${name}/${trial}`));
    if (trials.size === 1) return latest(found).dir;
    if (trials.size > 1) throw ambiguous(text, found);
  }
  const [name, rest] = split(runs, path);
  const within = name === undefined ? all : all.filter((run) => run.name === name);
  if (rest === 'last' && within.length > 0) return within.reduce(newer).dir;
  throw notFound(runs, text, all);
}

/**
 * The folder of an experiment's or a sweep's runs: a path to it, its `name`, the first characters of it that no other has, or
 * `last`. Throws FacecomError `run-not-found` and `run-ambiguous` (exit code 2).
 */
export function findSweep(runs: string, text: string): string {
  const path = trimmed(text);
  const names = folders(runs).filter((name) => runFoldersUnder(join(runs, name)).length > 0);
  if (path !== 'last' && names.includes(path)) return join(runs, path);
  if (path !== 'last' && !isRunFolder(path) && runFoldersUnder(path).length > 0) return path;
  const all = runsIn(runs);
  if (path === 'last' && all.length > 0) return join(runs, all.reduce(newer).name);
  const begun = path === '' ? [] : names.filter((name) => name.startsWith(path));
  if (begun.length === 1) return join(runs, begun[0]!);
  if (begun.length > 1)
    throw ambiguous(
      text,
      begun.map((name) => ({ name })),
    );
  throw notFound(runs, text, all);
}

/** Every run folder of an experiment or a sweep, by name or folder, else the one run that `text` means. Throws as findRun does. */
export function findRunsOf(runs: string, text: string): string[] {
  const path = trimmed(text);
  for (const folder of [join(runs, path), path]) {
    const found = path === '' || path === 'last' || isRunFolder(folder) ? [] : runFoldersUnder(folder);
    if (found.length > 0) return found;
  }
  return [findRun(runs, text)];
}

/** The run folders right under a folder, by name and then by attempt. */
export function runFoldersUnder(folder: string): string[] {
  return folders(folder)
    .map((name) => join(folder, name))
    .filter(isRunFolder)
    .map((dir) => describe(dir))
    .sort((a, b) => (a.trial < b.trial ? -1 : a.trial > b.trial ? 1 : a.attempt - b.attempt))
    .map(({ dir }) => dir);
}

/** A folder with a config is a whole run: it is written last. */
export const isRunFolder = (dir: string): boolean => dir !== '' && existsSync(join(dir, 'config.json'));

const trimmed = (text: string): string => text.trim().replace(/(.)\/+$/, '$1');

/** From the strictest reading of what was asked for to the widest; the first that finds a run counts. */
function matchers(runs: string, path: string): ((run: Run) => boolean)[] {
  const [name, rest] = split(runs, path);
  if (rest === '' || rest === 'last') return [];
  const named = (run: Run) => name === undefined || run.name === name;
  return [
    (run) => named(run) && run.folder === rest,
    (run) => named(run) && run.trial === rest,
    (run) => name === undefined && run.name === rest,
    (run) => named(run) && run.folder.startsWith(rest),
    (run) => name === undefined && run.name.startsWith(rest),
  ];
}

/** `name/rest`, if there is a name; a longer path must lead into `runs`. */
function split(runs: string, path: string): [string | undefined, string] {
  const parent = dirname(path);
  if (parent === '.') return [undefined, path];
  const known = dirname(parent) === '.' || resolve(dirname(parent)) === resolve(runs);
  return [known ? basename(parent) : parent, basename(path)];
}

function runsIn(runs: string): Run[] {
  return folders(runs).flatMap((name) => runFoldersUnder(join(runs, name)).map((dir) => describe(dir)));
}

function describe(dir: string): Run {
  const { trial, attempt } = runName(dir) ?? { trial: basename(dir), attempt: 1 };
  return { name: basename(dirname(dir)), folder: basename(dir), trial, attempt, dir };
}

/** Names of the folders in a folder; hidden ones hold no runs. */
function folders(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink()))
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

const latest = (found: Run[]): Run => found.reduce((a, b) => (b.attempt > a.attempt ? b : a));

const newer = (a: Run, b: Run): Run => (madeAt(b) >= madeAt(a) ? b : a);

/** When a run folder was made: its spec is written once and never changed. */
function madeAt({ dir }: Run): number {
  for (const file of ['spec.yaml', 'config.json']) {
    const time = statSync(join(dir, file), { throwIfNoEntry: false })?.mtimeMs;
    if (time !== undefined) return time;
  }
  return 0;
}

const SHOWN = 5;

function listed(names: string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `${names.slice(0, SHOWN).join(', ')}${more}`;
}

function ambiguous(text: string, found: readonly { name: string; folder?: string }[]): FacecomError {
  const ids = found.map(({ name, folder }) => (folder === undefined ? name : `${name}/${folder}`));
  return new FacecomError('run-ambiguous', `"${text}" means more than one run.`, {
    found: listed(ids),
    expected: 'one run',
    remedy: 'Give more of its name, such as name/trial-attempt, or name/last for the last one.',
    exitCode: 2,
  });
}

function notFound(runs: string, text: string, all: Run[]): FacecomError {
  if (all.length === 0)
    return new FacecomError('run-not-found', `There is no run "${text}".`, {
      found: `no runs in ${runs}`,
      expected: 'a folder of runs, <runs>/<name>/<trial>-<attempt>/',
      remedy: 'Start one with `facecom run SPEC`, or say with --runs where the runs are.',
      exitCode: 2,
    });
  const near = nearest(split(runs, trimmed(text)), all);
  return new FacecomError('run-not-found', `There is no run "${text}" in ${runs}.`, {
    found: near
      ? `a similar one: ${near}`
      : listed(recentFirst(all).map((run) => `${run.name}/${run.folder}`)),
    expected: 'name/trial-attempt, the first characters of a trial, a path, or last',
    remedy: near
      ? `Did you mean ${near}?`
      : 'Give the name of one of these runs, or --runs where it is elsewhere.',
    exitCode: 2,
  });
}

const recentFirst = (all: Run[]): Run[] =>
  all
    .map((run) => ({ run, time: madeAt(run) }))
    .sort((a, b) => b.time - a.time)
    .map(({ run }) => run);

function nearest([name, rest]: [string | undefined, string], all: Run[]): string | undefined {
  if (name === undefined)
    return (
      suggest(rest, [...new Set(all.map((run) => run.name))])?.text ??
      whole(suggest(rest, [...new Set(all.flatMap((run) => [run.trial, run.folder]))])?.text, all)
    );
  return suggest(
    `${name}/${rest}`,
    all.flatMap((run) => [`${run.name}/${run.folder}`, `${run.name}/${run.trial}`]),
  )?.text;
}

/** With the name of the experiment. */
function whole(part: string | undefined, all: Run[]): string | undefined {
  const run =
    part === undefined ? undefined : all.find(({ trial, folder }) => trial === part || folder === part);
  return run && `${run.name}/${part}`;
}
