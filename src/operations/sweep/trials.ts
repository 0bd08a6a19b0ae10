import {
  newestRuns,
  type RunStatus,
  readConfig,
  readManifest,
  scanRuns,
  writeManifest,
} from '../../record/index.ts';
import type { Trial } from '../../sweep/index.ts';
import { withAbsolutePaths } from '../absolute-paths.ts';
import { expandTrials } from '../expand-trials.ts';
import { checkTrainers, type Prepared, prepare } from '../prepare.ts';
import type { Context } from './context.ts';
import { plannedTrials } from './search-outlook.ts';
import { learns } from './search-record.ts';

/** The trials of a sweep as far as they are known before it runs, and the hashes of what they read. */
export type Trials = Awaited<ReturnType<typeof listTrials>>;

export async function listTrials(context: Context) {
  const { spec, config, cwd, runs, report, signals } = context;
  const absolute = { ...spec, config: withAbsolutePaths(config, { cwd, runs }) };
  const expansion = await expandTrials(absolute, { signal: signals.stop, cwd, runs });
  if (!spec.sweep) report.warning({ code: 'no-sweep', message: 'The spec has no sweep: it is one trial.' });
  for (const warning of expansion.warnings) report.warning(warning);
  if (context.keepBegun) expansion.trials.push(...begunTrials(context.folder, expansion.trials));
  return expansion;
}

/** Trials that a sweep was begun with, that it no longer has, and whose runs have neither ended nor failed; their points follow the others. */
export function begunTrials(folder: string, trials: readonly Trial[]): Trial[] {
  const known = new Set(trials.map(({ id }) => id));
  const points = trials.reduce((most, { point }) => Math.max(most, point + 1), 0);
  const begun = new Map(
    [...newestRuns(scanRuns(folder)).values()]
      .filter(({ trial, status }) => !known.has(trial) && !ended.has(status))
      .map((run) => [run.trial, run]),
  );
  return (readManifest(folder)?.trials ?? []).flatMap((trial) => {
    const run = begun.get(trial.id);
    return run ? [{ ...trial, config: readConfig(run.dir), point: points + trial.point }] : [];
  });
}

const ended: ReadonlySet<RunStatus> = new Set(['finished', 'failed', 'pruned']);

/** What is the same for all trials is prepared once. */
export async function prepareFirst(
  { cwd, runs, report, signals }: Context,
  { trials }: Trials,
): Promise<Prepared> {
  const prepared = await prepare(withAbsolutePaths(trials[0]!.config, { cwd, runs }), {
    ...{ report, cwd },
    signal: signals.stop,
  });
  checkTrainers(
    trials.map(({ config }) => config),
    cwd,
  );
  return prepared;
}

export function manifest(
  context: Context,
  expansion: Pick<Trials, 'repeats' | 'points' | 'warnings'>,
  trials: Trials['trials'],
): void {
  const { sweep } = context.spec;
  const planned = sweep && learns(context.spec) ? plannedTrials(sweep, expansion) : undefined;
  writeManifest(context.folder, {
    version: 1,
    sweep: context.name,
    spec: context.file,
    set: [...(context.set ?? [])],
    cwd: context.cwd,
    time: Date.now(),
    objective: context.objective,
    ...(context.objectives.length > 1 ? { objectives: [...context.objectives] } : {}),
    repeats: expansion.repeats,
    ...(learns(context.spec) ? { search: { ...sweep } } : {}),
    ...(planned ? { planned } : {}),
    trials: trials.map(({ id, axes, seed, point, repeat }) => ({ id, axes, seed, point, repeat })),
  });
}
