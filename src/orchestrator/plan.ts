import { readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { lockHolder, type RunSummary, runName, scanRun, scanRuns } from '../record/index.ts';
import type { Trial } from '../sweep/index.ts';
import { dueRetry } from './execute.ts';

/** A trial that is to be run. */
export interface Work {
  trial: Trial;
  /** The run that continues; undefined: a new one. */
  run?: RunSummary;
}

/** What of a sweep is there already and what is left. */
export interface SweepPlan {
  work: Work[];
  /** Finished here, by trial. */
  kept: Map<string, RunSummary>;
  /** Finished in another sweep or a run of its own, by trial. */
  linked: Map<string, RunSummary>;
  /** Failed, and not run again unless asked. */
  failed: Map<string, RunSummary>;
  /** Ended early by the stopping rule, by trial. */
  pruned: Map<string, RunSummary>;
  /** Runs that another orchestrator is at work on, such as facecom run. */
  held: RunSummary[];
  /** Runs of trials that the spec no longer has; they are left as they are. */
  vanished: RunSummary[];
}

export interface PlanOptions {
  /** Folder of the run folders. */
  runs: string;
  /** The sweep's name: its folder in `runs`. */
  name: string;
  objective: { metric: string; mode: 'min' | 'max' };
  /** Run what failed again. */
  failed?: boolean;
  /** Leave what a stopping rule has ended; without a rule it continues. */
  stopping?: boolean;
  /** Run what is finished again. */
  force?: boolean;
}

/** Failures that a checkpoint of before is not to blame for: the run continues from it. After others it begins anew. */
const resumable: ReadonlySet<RunSummary['class']> = new Set([
  'oom',
  'killed',
  'timeout',
  'lost',
  'infrastructure',
  'interrupted',
]);

/** Whether a run that is not finished and that nobody is at work on continues, rather than begins anew. */
export const continues = ({ status, class: kind }: RunSummary): boolean =>
  status !== 'failed' || resumable.has(kind);

/** Compares a sweep's trials with the run folders that are there. Reads them only. */
export function planSweep(trials: readonly Trial[], options: PlanOptions): SweepPlan {
  const { runs, name, objective } = options;
  const known = new Map(trials.map((trial) => [trial.id, trial]));
  const plan: SweepPlan = {
    work: [],
    kept: new Map(),
    linked: new Map(),
    failed: new Map(),
    pruned: new Map(),
    held: [],
    vanished: [],
  };
  const latest = new Map<string, RunSummary>();
  for (const run of scanRuns(join(runs, name), { objective })) {
    if (!known.has(run.trial)) {
      plan.vanished.push(run);
      continue;
    }
    if (run.status === 'finished' && !isOlder(run, plan.kept.get(run.trial))) plan.kept.set(run.trial, run);
    if (!isOlder(run, latest.get(run.trial))) latest.set(run.trial, run);
  }
  const elsewhere = options.force ? undefined : runsElsewhere(runs, name, known);
  for (const trial of trials) {
    const run = latest.get(trial.id);
    if (run && run.status !== 'finished' && lockHolder(run.dir)) plan.held.push(run);
    else if (options.force) {
      // One that was begun anew and not ended continues.
      const open = run && run.status !== 'finished' && run.status !== 'failed';
      plan.kept.delete(trial.id);
      plan.work.push(open ? { trial, run } : { trial });
    } else if (!plan.kept.has(trial.id)) place(plan, trial, run, options, elsewhere?.get(trial.id));
  }
  return plan;
}

function place(
  plan: SweepPlan,
  trial: Trial,
  run: RunSummary | undefined,
  options: PlanOptions,
  others: string[] | undefined,
): void {
  if (run?.status === 'failed' && !options.failed) {
    if (dueRetry(run.dir)) plan.work.push({ trial, run });
    else plan.failed.set(trial.id, run);
    return;
  }
  if (run?.status === 'pruned' && options.stopping) {
    plan.pruned.set(trial.id, run);
    return;
  }
  for (const dir of others ?? []) {
    const other = scanRun(dir, { objective: options.objective });
    if (other?.status !== 'finished') continue;
    plan.linked.set(trial.id, other);
    return;
  }
  plan.work.push(run && continues(run) ? { trial, run } : { trial });
}

const isOlder = (run: RunSummary, known: RunSummary | undefined): boolean =>
  known !== undefined && run.attempt < known.attempt;

/** Run folders of these trials under other names, by trial. */
function runsElsewhere(
  runs: string,
  name: string,
  trials: ReadonlyMap<string, unknown>,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const other of namesIn(runs)) {
    if (other === name) continue;
    for (const folder of namesIn(join(runs, other))) {
      const dir = join(runs, other, folder);
      const trial = runName(dir)?.trial;
      if (trial === undefined || !trials.has(trial)) continue;
      found.set(trial, [...(found.get(trial) ?? []), dir]);
    }
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}

/**
 * Makes a finished run of another sweep one of this sweep's too: a symbolic link in its folder, which everything that reads runs
 * follows. Returns its path, or undefined if this file system has no links.
 */
export function linkRun(runs: string, name: string, other: RunSummary): string | undefined {
  const folder = join(runs, name);
  const target = realpathSync(other.dir);
  for (let attempt = 1; ; attempt++) {
    const link = join(folder, `${other.trial}-${attempt}`);
    try {
      symlinkSync(relative(realpathSync(folder), target), link, 'dir');
      return link;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return undefined;
      if (attempt > 1000) return undefined;
    }
  }
}

/** `name/trial-attempt`, as identities and programs name a run. */
export const runLabel = (name: string, runDir: string): string => `${name}/${basename(runDir)}`;
