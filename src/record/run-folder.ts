import { mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { writeAside } from '../base/write-aside.ts';

export interface RunFiles {
  /** The resolved config, as the trainer reads it. */
  config: object;
  /** The spec as written. */
  spec: string;
  /** Where each value came from, by dotted path. */
  origins: object;
  /** Versions, devices, commit, hash of the data set, seed. */
  environment: object;
}

/**
 * Makes `<runs>/<name>/<trial>-<attempt>/` with the first free attempt, and writes what is known before the run starts.
 * Throws FacecomError `runs-not-writable` (exit code 2).
 */
export function createRunFolder(
  place: { runs: string; name: string; trial: string },
  files: RunFiles,
): string {
  const parent = join(place.runs, place.name);
  try {
    mkdirSync(parent, { recursive: true });
    const folder = firstFree(parent, place.trial);
    for (const part of ['checkpoints', 'artifacts']) mkdirSync(join(folder, part));
    writeAside(join(folder, 'origins.json'), json(files.origins));
    writeAside(join(folder, 'environment.json'), json(files.environment));
    writeAside(join(folder, 'spec.yaml'), files.spec);
    // Last: a folder with a config is a whole one.
    writeAside(join(folder, 'config.json'), json(files.config));
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new FacecomError('runs-not-writable', `The run folder cannot be written under ${parent}.`, {
      found: (error as Error).message,
      expected: 'a folder that this user may write, on a disk with space left',
      remedy: 'Change its permissions, free some space, or give another folder with --runs.',
      exitCode: 2,
      cause: error,
    });
  }
}

/** The runs of a trial, in the order of their attempts. */
export function runsOfTrial(parent: string, trial: string): string[] {
  return attempts(parent, trial).map((attempt) => join(parent, `${trial}-${attempt}`));
}

/** `<trial>-<attempt>` of a run folder, undefined where its name is no run's. */
export function runName(runDir: string): { name: string; trial: string; attempt: number } | undefined {
  const match = /^(.+)-(\d+)$/.exec(basename(runDir));
  return match ? { name: basename(dirname(runDir)), trial: match[1]!, attempt: Number(match[2]) } : undefined;
}

function attempts(parent: string, trial: string): number[] {
  let names: string[];
  try {
    names = readdirSync(parent);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.startsWith(`${trial}-`) && /^\d+$/.test(name.slice(trial.length + 1)))
    .map((name) => Number(name.slice(trial.length + 1)))
    .sort((a, b) => a - b);
}

function firstFree(parent: string, trial: string): string {
  for (let attempt = (attempts(parent, trial).at(-1) ?? 0) + 1; ; attempt++) {
    const folder = join(parent, `${trial}-${attempt}`);
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      // Another process took it in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
