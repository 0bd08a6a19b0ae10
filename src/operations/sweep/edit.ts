import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type LockHolder, lockHolder, readManifest, type SweepTrial } from '../../record/index.ts';
import type { ResolvedExperiment } from '../../spec/index.ts';
import { learningSamplerOf, type Trial } from '../../sweep/index.ts';
import { isMoreSeeds } from './more-seeds.ts';

type Named = Pick<SweepTrial, 'id' | 'axes' | 'seed'>;

/** What an edited spec makes of the trials of a sweep that was begun. */
export interface SweepEdit {
  /** The process that runs the sweep now, if one does. */
  running: LockHolder | undefined;
  added: Named[];
  vanished: Named[];
  /** The same values and seed, but another key that decides results is different: run anew. */
  changed: Array<{ before: Named; now: Named }>;
  kept: number;
}

/**
 * Compares a spec's trials with those that its sweep was begun with. Undefined if it was not begun, or where its method learns: its
 * trials follow from results.
 */
export function sweepEdit(
  { config, sweep }: ResolvedExperiment,
  trials: readonly Trial[],
  runs: string,
): SweepEdit | undefined {
  const folder = join(runs, config.name);
  const manifest = readManifest(folder);
  if (!manifest || (sweep && learningSamplerOf(sweep))) return undefined;
  const before = manifest.trials.filter((trial) => !isMoreSeeds(trial, { sweep, trials }));
  return { running: lockHolder(folder), ...compare(before, trials) };
}

export function compare(before: readonly Named[], now: readonly Named[]): Omit<SweepEdit, 'running'> {
  const ids = new Set(before.map(({ id }) => id));
  const left = new Set(now.map(({ id }) => id));
  const vanished = before.filter(({ id }) => !left.has(id));
  const changed: SweepEdit['changed'] = [];
  const added = now.filter((trial) => {
    if (ids.has(trial.id)) return false;
    const at = vanished.findIndex(
      ({ axes, seed }) => seed === trial.seed && isDeepStrictEqual({ ...axes }, { ...trial.axes }),
    );
    if (at === -1) return true;
    changed.push({ before: vanished.splice(at, 1)[0]!, now: trial });
    return false;
  });
  return { added, vanished, changed, kept: now.length - added.length - changed.length };
}

export const isEdited = ({ added, vanished, changed }: SweepEdit): boolean =>
  added.length + vanished.length + changed.length > 0;
