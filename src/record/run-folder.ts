import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { tidyAside } from '../base/files.ts';

/** Removes what killed writers left in a run folder; before it is used again. */
export function tidyRunFolder(runDir: string): void {
  for (const folder of ['', 'artifacts', 'checkpoints']) tidyAside(join(runDir, folder));
}

/** The runs of a trial, in the order of their attempts. */
export function runsOfTrial(parent: string, trial: string): string[] {
  return attemptsOf(parent, trial).map((attempt) => join(parent, `${trial}-${attempt}`));
}

/** `<trial>-<attempt>` of a run folder, undefined if its name is no run's. */
export function runName(runDir: string): { name: string; trial: string; attempt: number } | undefined {
  const match = /^(.+)-(\d+)$/.exec(basename(runDir));
  return match ? { name: basename(dirname(runDir)), trial: match[1]!, attempt: Number(match[2]) } : undefined;
}

/** The attempts of a trial, ascending. */
export function attemptsOf(parent: string, trial: string): number[] {
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
