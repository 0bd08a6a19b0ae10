import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { findRun, findSweep, isRunFolder } from './find-runs.ts';
import { readManifest } from './sweep-manifest.ts';

/** What a user names: one run, or the runs of an experiment or a sweep. */
export interface Target {
  kind: 'run' | 'runs';
  dir: string;
}

/**
 * A run or a folder of runs by path or name; what names both, such as an experiment that was run once, is the folder. Throws
 * FacecomError `run-not-found` and `run-ambiguous` (exit code 2).
 */
export function findTarget(runs: string, text: string): Target {
  const given = text.trim().replace(/(.)\/+$/, '$1');
  // A run is named after its folder, which `.` does not tell.
  const path = /(^|\/)\.{1,2}$/.test(given) ? resolve(given) : given;
  if (path !== 'last' && isRunFolder(path)) return { kind: 'run', dir: path };
  // Nothing that is named so can take the place of the run that was made last.
  if (path === 'last') return { kind: 'run', dir: findRun(runs, path) };
  for (const dir of path === '' ? [] : [join(runs, path), path])
    if (!isRunFolder(dir) && readManifest(dir)) return { kind: 'runs', dir };
  if (isFolder(join(runs, path)) || isFolder(path)) {
    const dir = unlessNotFound(() => findSweep(runs, path));
    if (dir !== undefined) return { kind: 'runs', dir };
  }
  try {
    return { kind: 'run', dir: findRun(runs, path) };
  } catch (error) {
    // The beginning of a sweep's name stands for all of its trials.
    const dir = unlessNotFound(() => findSweep(runs, path));
    if (dir === undefined || path === '') throw error;
    return { kind: 'runs', dir };
  }
}

function unlessNotFound(find: () => string): string | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof FacecomError) return undefined;
    throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
