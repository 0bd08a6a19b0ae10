import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { findTarget, type RunStatus, runFoldersUnder, scanRun } from '../record/index.ts';
import { allRunFolders, bytesUnder, removeFolder } from './remove.ts';
import { runIdOf } from './run-id.ts';

export type PruneWhat = 'runs' | 'checkpoints' | 'last';

export interface PruneOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Names of experiments, sweeps and runs; all if left out. */
  names?: readonly string[];
  /** Runs that ended at least so many days ago. */
  olderThan?: number;
  /** Runs that ended in one of these ways. */
  status?: readonly RunStatus[];
  /** Keeps the best so many of each experiment or sweep, by its objective. */
  keepBest?: number;
  /** runs: whole folders; checkpoints: best and last; last: the one to resume from. */
  what: PruneWhat;
  /** Milliseconds since 1970. */
  now?: number;
}

/** What is pruned of a run. */
export interface Pruned {
  run: string;
  dir: string;
  status: RunStatus;
  /** Milliseconds since 1970 of the last entry of its state. */
  ended?: number;
  bytes: number;
}

/**
 * What `prune` would delete, by age, status and rank; all that are given must hold. Runs that are at work are never among them. Throws
 * `prune-all` if nothing narrows the choice, `run-not-found`, `run-ambiguous`.
 */
export async function planPrune(options: PruneOptions): Promise<Pruned[]> {
  const { runs = 'runs', names = [], olderThan, status, keepBest, what, now = Date.now() } = options;
  if (olderThan === undefined && status === undefined && keepBest === undefined)
    throw new FacecomError('prune-all', 'Nothing says which runs are to go.', {
      found: 'neither an age nor a status nor a rank',
      expected: 'one of --older-than, --status and --keep-best',
      remedy: 'Such as: facecom prune --status failed --older-than 30d --dry-run',
      exitCode: 2,
    });
  const dirs = names.length === 0 ? allRunFolders(runs) : names.flatMap((name) => namedRuns(runs, name));
  const kept = keepBest === undefined ? new Set<string>() : await bestOfEach(dirs, keepBest);
  return [...new Set(dirs)].flatMap((dir): Pruned[] => {
    const run = scanRun(dir, { state: true });
    if (!run || run.status === 'running' || run.status === 'retrying' || kept.has(dir)) return [];
    if (status && !status.includes(run.status)) return [];
    // A run that waits to be started has not ended.
    if (olderThan !== undefined && (run.changed === undefined || now - run.changed < olderThan * 86_400_000))
      return [];
    const bytes = sizeOf(dir, what);
    if (bytes === 0 && what !== 'runs') return [];
    return [
      {
        run: runIdOf(dir),
        dir,
        status: run.status,
        ...(run.changed === undefined ? {} : { ended: run.changed }),
        bytes,
      },
    ];
  });
}

/** Deletes of one run what was planned, unless it has begun to run since. Returns whether it did. */
export function pruneRun({ dir }: Pruned, what: PruneWhat): boolean {
  const run = scanRun(dir, { state: true });
  if (!run || run.status === 'running' || run.status === 'retrying') return false;
  if (what === 'runs') removeFolder(dir);
  else for (const file of checkpointFiles(dir, what)) rmSync(file, { recursive: true, force: true });
  return true;
}

/** The run folders of what a user names. Throws `run-not-found`, `run-ambiguous`. */
function namedRuns(runs: string, name: string): string[] {
  const { kind, dir } = findTarget(runs, name);
  return kind === 'run' ? [resolve(dir)] : runFoldersUnder(dir).map((run) => resolve(run));
}

/** The runs that stand for the best points of each experiment or sweep. */
async function bestOfEach(dirs: readonly string[], count: number): Promise<Set<string>> {
  const { readSweep } = await import('../report/index.ts');
  const kept = new Set<string>();
  for (const folder of new Set(dirs.map((dir) => dirname(dir)))) {
    const best = readSweep(folder)
      .points.filter(({ result }) => result)
      .slice(0, count);
    for (const { trials } of best) for (const { run } of trials) if (run) kept.add(resolve(run.dir));
  }
  return kept;
}

/** Files and folders under checkpoints/. */
function checkpointFiles(dir: string, what: 'checkpoints' | 'last'): string[] {
  const folder = join(dir, 'checkpoints');
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => what === 'checkpoints' || /^last(?:[.-]|$)/.test(name))
    .map((name) => join(folder, name));
}

function sizeOf(dir: string, what: PruneWhat): number {
  if (what === 'runs') return bytesUnder(dir);
  return checkpointFiles(dir, what).reduce((sum, path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return sum + (found?.isDirectory() ? bytesUnder(path) : (found?.size ?? 0));
  }, 0);
}
