import { join, resolve } from 'node:path';
import {
  type Board,
  Guard,
  type Slot,
  type SweepObserver,
  type SweepPlan,
  takeLock,
} from '../../orchestrator/index.ts';
import { defaultObjective, type Objective } from '../../record/index.ts';
import type { ResolvedExperiment } from '../../spec/index.ts';
import { type Reporter, type Signals, signalsOf, silent } from '../reporter.ts';
import { Undoing } from '../undoing.ts';

export interface SweepOptions extends Partial<Signals> {
  /** Path of the spec's file, which `resume` reads again; the file that it was read from if left out. */
  file?: string;
  /** The assignments that it was read with. */
  set?: readonly string[];
  /** What relative paths of the spec and of its trainer are relative to; the working folder if left out. */
  cwd?: string;
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Trials at once at most; 0 or left out: as `resources.max_parallel` says. */
  maxParallel?: number;
  /** Run the trials that failed before again. */
  failed?: boolean;
  /** Run the trials that are finished again. */
  force?: boolean;
  /** Finish the trials that an earlier spec of the sweep has begun and this one no longer has. */
  keepBegun?: boolean;
  report?: Reporter;
  watch?: WatchSweep;
}

/** A sweep that is about to run. */
export interface SweepStart {
  name: string;
  board: Board;
  plan: SweepPlan;
  slots: readonly Slot[];
  /** Of a sweep that learns: its trials are proposed while it runs. */
  method?: string;
}

/** Told what happens in a sweep, in order. */
export interface SweepWatcher extends SweepObserver {
  /** No trainer runs any more. */
  close(): void;
}

export type WatchSweep = (start: SweepStart) => SweepWatcher | Promise<SweepWatcher>;

export type Context = ReturnType<typeof contextOf>;

/** What every step needs: the options with their defaults, the signals, and the guard that ends trainers after this process. */
export function contextOf(spec: ResolvedExperiment, options: SweepOptions, undoing: Undoing) {
  const { runs = 'runs', cwd = process.cwd(), report = silent } = options;
  const guard = new Guard(spec.config.resources.grace);
  undoing.add(() => guard.close());
  // What starts trainers is taken down when the last has ended, before charts and MLflow are waited for.
  const standing = new Undoing();
  return {
    ...options,
    file: options.file ?? resolve(cwd, spec.file),
    spec,
    config: spec.config,
    name: spec.config.name,
    folder: join(runs, spec.config.name),
    objective: objectivesOf(spec)[0]!,
    objectives: objectivesOf(spec),
    runs,
    cwd,
    report,
    guard,
    undoing,
    standing,
    signals: signalsOf(options),
  };
}

export const objectivesOf = ({ sweep }: ResolvedExperiment): readonly Objective[] =>
  sweep?.objectives ?? [sweep?.objective ?? defaultObjective];

export async function lockFolder({ folder, guard, report, undoing }: Context): Promise<void> {
  undoing.add(await takeLock(folder, { command: 'sweep', guard: guard.mark, note: report.note }));
}
