import { join, resolve } from 'node:path';
import { parseBytes } from '../../base/format.ts';
import { availableMemory, listGpus } from '../../machine/index.ts';
import {
  Board,
  endOrphan,
  endStraysUnder,
  GpuPresence,
  Guard,
  type Job,
  linkRun,
  planSweep,
  runSweep,
  type Slot,
  type SweepObserver,
  type SweepPlan,
  takeLock,
  threadsOf,
  trainerCommand,
  trainerEnvironment,
  waitFor,
} from '../../orchestrator/index.ts';
import { defaultObjective, writeManifest } from '../../record/index.ts';
import { type ResolvedExperiment, readExperiment } from '../../spec/index.ts';
import { withAbsolutePaths } from '../absolute-paths.ts';
import { chooseSlots } from '../choose-slots.ts';
import { expandTrials } from '../expand-trials.ts';
import { builtinTrainer, checkTrainers, type Prepared, prepare } from '../prepare.ts';
import { type Reporter, type Signals, signalsOf, silent } from '../reporter.ts';
import { Undoing } from '../undoing.ts';
import { followRuns } from './follow-runs.ts';
import { openRunFolder } from './open-run-folder.ts';
import { makePlaces } from './places.ts';
import { type SweepResult, sweepResult } from './result.ts';

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
  report?: Reporter;
  watch?: WatchSweep;
}

/** A sweep that is about to run. */
export interface SweepStart {
  name: string;
  board: Board;
  plan: SweepPlan;
  slots: readonly Slot[];
}

/** Told what happens in a sweep, in order. */
export interface SweepWatcher extends SweepObserver {
  /** No trainer runs any more. */
  close(): void;
}

export type WatchSweep = (start: SweepStart) => SweepWatcher | Promise<SweepWatcher>;

/**
 *   spec ─▶ trials with ids ─▶ lock ─▶ what is there already ─▶ slots ─▶ trainers ─▶ charts, MLflow ─▶ result
 *
 * Runs the trials of a spec's sweep that are not finished; the spec is a file, or one that was read. Throws FacecomError with exit code 2 if nothing could be launched.
 */
export async function sweep(
  given: string | ResolvedExperiment,
  options: SweepOptions = {},
): Promise<SweepResult> {
  const { set = [], cwd = process.cwd() } = options;
  const spec = typeof given === 'string' ? await readExperiment(given, { set, cwd }) : given;
  const undoing = new Undoing();
  try {
    const context = contextOf(spec, options, undoing);
    const trials = await listTrials(context);
    const prepared = await prepareFirst(context, trials);
    await lockFolder(context);
    const { board, plan } = await compareWithRecord(context, trials);
    const { slots, gpus } = await divideMachine(context, prepared, trials);
    return await runAll(context, { trials, prepared, board, plan, slots, gpus });
  } finally {
    await undoing.all();
  }
}

type Trials = Awaited<ReturnType<typeof listTrials>>;
type Context = ReturnType<typeof contextOf>;

/** What every step needs: the options with their defaults, the signals, and the guard that ends trainers after this process. */
function contextOf(spec: ResolvedExperiment, options: SweepOptions, undoing: Undoing) {
  const { runs = 'runs', cwd = process.cwd(), report = silent } = options;
  const guard = new Guard(spec.config.resources.grace);
  undoing.add(() => guard.close());
  return {
    ...options,
    file: options.file ?? resolve(cwd, spec.file),
    spec,
    config: spec.config,
    name: spec.config.name,
    folder: join(runs, spec.config.name),
    objective: spec.sweep?.objective ?? defaultObjective,
    runs,
    cwd,
    report,
    guard,
    undoing,
    signals: signalsOf(options),
  };
}

async function listTrials({ spec, config, cwd, runs, report, signals }: Context) {
  const absolute = { ...spec, config: withAbsolutePaths(config, { cwd, runs }) };
  const expansion = await expandTrials(absolute, { signal: signals.stop, cwd, runs });
  if (!spec.sweep) report.warning({ code: 'no-sweep', message: 'The spec has no sweep: it is one trial.' });
  for (const warning of expansion.warnings) report.warning(warning);
  return expansion;
}

/** What is the same for all trials is prepared once. */
async function prepareFirst({ cwd, runs, report, signals }: Context, { trials }: Trials): Promise<Prepared> {
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

async function lockFolder({ folder, guard, report, undoing }: Context): Promise<void> {
  undoing.add(await takeLock(folder, { command: 'sweep', guard: guard.mark, note: report.note }));
}

/** Ends what an orchestrator that was killed left behind, and finds what is finished. Writes the manifest. */
async function compareWithRecord(context: Context, expansion: Trials) {
  const { runs, name, folder, objective } = context;
  const { trials } = expansion;
  await endStraysUnder(resolve(folder));
  const plan = planSweep(trials, { ...context, runs, name, objective });
  for (const { run } of plan.work) if (run?.status === 'running') await endOrphan(run);
  const board = new Board(trials, objective);
  for (const [id, run] of plan.kept) board.found(id, run, 'finished');
  for (const [id, run] of plan.linked) board.found(id, run, 'linked');
  for (const [id, run] of plan.failed) board.found(id, run, 'failed');
  for (const run of plan.linked.values()) linkRun(runs, name, run);
  writeManifest(folder, {
    version: 1,
    sweep: name,
    spec: context.file,
    set: [...(context.set ?? [])],
    cwd: context.cwd,
    time: Date.now(),
    objective,
    repeats: expansion.repeats,
    trials: trials.map(({ id, axes, seed, point, repeat }) => ({ id, axes, seed, point, repeat })),
  });
  return { board, plan };
}

/**
 * The slots follow from the spec and the machine, never from how many trials are left: a trial that is resumed has as many threads
 * as it would have had undisturbed, and so the same bits.
 */
async function divideMachine(
  { config, maxParallel = 0, report }: Context,
  prepared: Prepared,
  { trials }: Trials,
) {
  const { slots, notes, gpus } = await chooseSlots(config, prepared, { maxParallel, trials: trials.length });
  for (const note of notes) report.note(note);
  return { slots, gpus };
}

interface Ready {
  trials: Trials;
  prepared: Prepared;
  board: Board;
  plan: SweepPlan;
  slots: readonly Slot[];
  gpus: Awaited<ReturnType<typeof listGpus>>;
}

async function runAll(context: Context, ready: Ready): Promise<SweepResult> {
  const { config, name, objective, signals, report, guard } = context;
  const { board, plan, slots } = ready;
  const watcher = await context.watch?.({ name, board, plan, slots });
  const note = (line: string) => (watcher ?? report).note(line);
  const after = await followRuns({
    sweepDir: context.folder,
    runs: context.runs,
    config,
    note,
    charts: [...builtinTrainer().slice(0, -1), 'charts'],
  });
  const standing = new Undoing();
  const places = makePlaces(slots, ready.prepared, { cwd: context.cwd, guard, undoing: standing });
  const presence = new GpuPresence(ready.gpus, listGpus);
  const started = performance.now();
  const { memory, circuit_breaker: breaker } = config.resources;
  let outcome: Awaited<ReturnType<typeof runSweep>>;
  try {
    outcome = await runSweep({
      board,
      work: plan.work,
      places,
      folder: context.folder,
      openRun: (work) => openRunFolder(work, folderOptions(context, ready, work.trial.config)),
      jobOf: (work, slot, runDir): Job => ({
        runDir: resolve(runDir),
        command: trainerCommand(work.trial.config, builtinTrainer()),
        env: trainerEnvironment({ ...slot, threads: threadsOf(runDir, slot) }),
        cwd: context.cwd,
      }),
      breaker,
      ...signals,
      observer: inTurn(after.observer, watcher, note),
      ...(memory === undefined
        ? {}
        : { memory: (signal) => waitFor(() => availableMemory() >= parseBytes(memory), signal) }),
      devicesThere: (slot, fresh) => presence.there(slot, fresh),
    });
  } finally {
    await standing.all();
    watcher?.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const { url } = await after.close(signals);
  return sweepResult({ name, board, objective, plan, outcome, seconds, url });
}

function folderOptions(
  { runs, spec, cwd }: Context,
  { prepared, trials }: Ready,
  config: Trials['trials'][0]['config'],
) {
  return {
    runs,
    spec,
    config: withAbsolutePaths(config, { cwd, runs }),
    environment: prepared.environment,
    dataHash: trials.hashOf(config),
    weightsHash: trials.weightsHashOf(config),
    cwd,
  };
}

/** What follows the runs, and then the caller's watcher. */
function inTurn(
  after: Pick<SweepObserver, 'started' | 'event' | 'ended'>,
  watcher: SweepObserver | undefined,
  note: (line: string) => void,
): SweepObserver {
  return {
    started: (row, details) => {
      after.started(row, details);
      watcher?.started(row, details);
    },
    event: (row, event) => {
      after.event(row, event);
      watcher?.event(row, event);
    },
    retry: (row, failure, retry) => watcher?.retry(row, failure, retry),
    ended: (row) => {
      after.ended(row);
      watcher?.ended(row);
    },
    paused: (reason) => watcher?.paused(reason),
    note,
  };
}
