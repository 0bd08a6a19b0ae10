import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { findRunsOf, readManifest, runFoldersUnder } from '../record/index.ts';
import { type SessionOptions, type SyncRow, syncRuns, targetOf } from '../tracking/index.ts';

export interface SyncOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** A server's address in place of what the runs say. */
  uri?: string;
  /** Ask MLflow also about runs of which everything was sent. */
  check?: boolean;
  /** Restore runs that were deleted in MLflow. */
  restore?: boolean;
  signal?: AbortSignal;
  onPhase?: SessionOptions['onPhase'];
  onRow?: (row: SyncRow) => void;
}

/** Sends to MLflow what was not sent of the runs that are named, all by default. Throws `runs-missing`, `run-not-found`. */
export async function sync(names: readonly string[], options: SyncOptions = {}): Promise<SyncRow[]> {
  const { runs = 'runs', uri } = options;
  if (uri !== undefined) targetOf(uri);
  return syncRuns({
    ...options,
    runs,
    ...choose(runs, names),
    // Who names a run wants to know that it is there.
    check: options.check ?? names.length > 0,
  });
}

/** The run folders that are meant, all by default, each once however it is reached. */
export const chooseRuns = (runs: string, names: readonly string[]): string[] => choose(runs, names).runDirs;

function choose(runs: string, names: readonly string[]): { runDirs: string[]; linkedSweeps: string[] } {
  const found = names.length > 0 ? names.flatMap((name) => findRunsOf(runs, name)) : allRuns(runs);
  const own = new Set(found.filter((dir) => !lstatSync(dir).isSymbolicLink()).map((dir) => dirname(dir)));
  const folders = new Set(found.map((dir) => dirname(dir)));
  return {
    runDirs: [...new Set(found.map((dir) => realpathSync(dir)))],
    linkedSweeps: [...folders].filter((dir) => !own.has(dir) && readManifest(dir)),
  };
}

function allRuns(runs: string): string[] {
  if (!statSync(runs, { throwIfNoEntry: false })?.isDirectory())
    throw new FacecomError('runs-missing', 'There is no such folder of runs.', {
      found: runs,
      expected: 'a folder that `facecom run` has written to',
      remedy: 'Start a run with `facecom run SPEC`, or say with --runs where the runs are.',
      exitCode: 2,
    });
  return readdirSync(runs)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .flatMap((name) => runFoldersUnder(join(runs, name)));
}
