import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { leaves } from '../../base/objects.ts';
import { type LockHolder, lockHolder, readManifest, type SweepTrial } from '../../record/index.ts';
import type { ResolvedExperiment } from '../../spec/index.ts';
import type { Trial } from '../../sweep/index.ts';
import { isMoreSeeds } from './more-seeds.ts';
import { learns } from './search-record.ts';

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
  /** Keys of `sweep` of a method that learns, whose further trials follow from results. */
  settings: SettingEdit[];
}

/** A key with its values as JSON; undefined where it is not given. */
export interface SettingEdit {
  path: string;
  before: string | undefined;
  now: string | undefined;
}

/**
 * Compares a spec's trials with those that its sweep was begun with; of a method that learns, `trials` are those that it can take over.
 * Undefined if the sweep was not begun.
 */
export function sweepEdit(
  spec: ResolvedExperiment,
  trials: readonly Trial[],
  runs: string,
): SweepEdit | undefined {
  const { config, sweep } = spec;
  const folder = join(runs, config.name);
  const manifest = readManifest(folder);
  if (!manifest) return undefined;
  const running = lockHolder(folder);
  if (learns(spec)) {
    const settings = manifest.search ? settingsOf(manifest.search, { ...sweep }) : [];
    const { vanished, kept } = compare(manifest.trials, trials);
    return { running, settings, vanished, kept, added: [], changed: [] };
  }
  const before = manifest.trials.filter((trial) => !isMoreSeeds(trial, { sweep, trials }));
  return { running, settings: [], ...compare(before, trials) };
}

export function compare(
  before: readonly Named[],
  now: readonly Named[],
): Omit<SweepEdit, 'running' | 'settings'> {
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

/** The keys that differ between two sections `sweep`. */
export function settingsOf(before: object, now: object): SettingEdit[] {
  const [old, own] = [leaves(before), leaves(now)];
  const paths = [...new Set([...old.keys(), ...own.keys()])];
  const text = (values: Map<string, unknown>, path: string) =>
    values.has(path) ? JSON.stringify(values.get(path)) : undefined;
  return paths
    .map((path) => ({ path: `sweep.${path}`, before: text(old, path), now: text(own, path) }))
    .filter(({ before: then, now: today }) => then !== today);
}

/** `sweep.trials: 14 → 20`. */
export const settingText = ({ path, before = 'none', now = 'none' }: SettingEdit): string =>
  `${path}: ${before} → ${now}`;

export const isEdited = ({ added, vanished, changed, settings }: SweepEdit): boolean =>
  added.length + vanished.length + changed.length + settings.length > 0;
