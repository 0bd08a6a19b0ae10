import { readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { findTarget, lockHolder, type RunSummary, runFoldersUnder, scanRun } from '../record/index.ts';
import { runIdOf } from './run-id.ts';

/** What would be removed. */
export interface Removal {
  kind: 'run' | 'sweep';
  /** `name/trial-attempt`, or the sweep's name. */
  name: string;
  dir: string;
  /** Run folders. */
  runs: string[];
  bytes: number;
  /** Trials of other sweeps that are taken from these runs: they would have to run again. */
  linked: string[];
}

export interface RemoveOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
}

/** What `remove` would delete of a run or a sweep. Throws `run-not-found`, `run-ambiguous`, and `remove-running` where one is at work. */
export function planRemoval(text: string, { runs = 'runs' }: RemoveOptions = {}): Removal {
  const target = findTarget(runs, text);
  const dir = resolve(target.dir);
  const found = target.kind === 'run' ? [dir] : runFoldersUnder(dir).map((run) => resolve(run));
  refuseRunning(target.kind === 'run' ? runIdOf(dir) : basename(dir), dir, found);
  return {
    kind: target.kind === 'run' ? 'run' : 'sweep',
    name: target.kind === 'run' ? runIdOf(dir) : basename(dir),
    dir,
    runs: found,
    bytes: bytesUnder(dir),
    linked: linksTo(runs, dir, found),
  };
}

/** Links of other sweeps to runs that are to go. */
function linksTo(runs: string, dir: string, targets: readonly string[]): string[] {
  const own = new Set(targets.map((target) => realpathOf(target)));
  return folderNames(runs).flatMap((name) => {
    const folder = resolve(runs, name);
    if (folder === dir) return [];
    return readEntries(folder).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isSymbolicLink() && !targets.includes(path) && own.has(realpathOf(path))
        ? [runIdOf(path)]
        : [];
    });
  });
}

function readEntries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

const folderNames = (runs: string): string[] =>
  readEntries(runs).flatMap(({ name }) => (name.startsWith('.') ? [] : [name]));

function realpathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Deletes what was planned. Looks again whether something runs. Throws `remove-running` and `remove-failed`. */
export function remove({ name, dir, runs }: Removal): void {
  refuseRunning(name, dir, runs);
  removeFolder(dir);
}

function refuseRunning(name: string, dir: string, runs: readonly string[]): void {
  const holder = lockHolder(dir) ?? undefined;
  const running = runs.find((run) => isAtWork(scanRun(run, { state: true })));
  if (!holder && running === undefined) return;
  throw new FacecomError('remove-running', `${name} is at work and is not removed.`, {
    found: running === undefined ? `held by the process ${holder!.pid}` : `${runIdOf(running)} runs`,
    expected: 'runs that have ended',
    remedy: `Stop it first: facecom stop ${name}.`,
    exitCode: 2,
  });
}

const isAtWork = (run: RunSummary | undefined): boolean =>
  run?.status === 'running' || run?.status === 'retrying';

/** Renamed first: what is killed in the middle leaves no half run that looks whole. A link is removed, not what it leads to. */
export function removeFolder(dir: string): void {
  const aside = join(dirname(dir), `.removed.${process.pid}.${basename(dir)}`);
  try {
    renameSync(dir, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch (error) {
    throw new FacecomError('remove-failed', `${dir} was not removed.`, {
      found: (error as Error).message,
      expected: 'a folder that this user may delete',
      remedy: 'Change its permissions, or remove it as the user who made it.',
      exitCode: 1,
      cause: error,
    });
  }
}

/** The size of the files under a folder; links count as nothing. */
export function bytesUnder(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, entry) => {
      if (!entry.isFile()) return sum;
      const path = join(entry.parentPath ?? entry.path, entry.name);
      return sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    }, 0);
  } catch {
    return 0;
  }
}

/** Run folders under all experiments, each once however it is reached. */
export function allRunFolders(runs: string): string[] {
  const found = folderNames(runs)
    .flatMap((name) => runFoldersUnder(join(runs, name)))
    .map((dir) => realpathSync(dir));
  return [...new Set(found)];
}
