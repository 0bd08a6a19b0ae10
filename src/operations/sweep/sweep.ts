import { join, resolve } from 'node:path';
import { parseBytes } from '../../base/format.ts';
import { availableMemory, listGpus } from '../../machine/index.ts';
import {
  Board,
  type Cluster,
  clusterPlaces,
  endJobs,
  endOrphan,
  endStraysUnder,
  GpuPresence,
  Guard,
  isCluster,
  type Job,
  linkRun,
  openCluster,
  type Place,
  planSweep,
  runSweep,
  type Slot,
  type SweepObserver,
  type SweepPlan,
  type TrialRow,
  takeLock,
  threadsOf,
  trainerCommand,
  trainerEnvironment,
  waitFor,
} from '../../orchestrator/index.ts';
import {
  defaultObjective,
  type Event,
  type Objective,
  type PreflightRun,
  readManifest,
  writeManifest,
} from '../../record/index.ts';
import { type ResolvedExperiment, readExperiment } from '../../spec/index.ts';
import { Search } from '../../sweep/index.ts';
import { withAbsolutePaths } from '../absolute-paths.ts';
import { chooseSlots } from '../choose-slots.ts';
import { expandTrials } from '../expand-trials.ts';
import { sweepNotice } from '../notices.ts';
import { notifier } from '../notify.ts';
import { builtinTrainer, checkTrainers, type Prepared, prepare } from '../prepare.ts';
import { type Reporter, type Signals, signalsOf, silent } from '../reporter.ts';
import { Undoing } from '../undoing.ts';
import { EarlyStopping } from './early-stopping.ts';
import { followRuns } from './follow-runs.ts';
import { MoreSeeds } from './more-seeds.ts';
import { openRunFolder } from './open-run-folder.ts';
import { makePlaces } from './places.ts';
import { accumulationFor, mostOf } from './preflight/corners.ts';
import { preflight } from './preflight/preflight.ts';
import { Proposals } from './proposals.ts';
import { type SweepResult, sweepResult } from './result.ts';
import { checkSweepSpace } from './space.ts';

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
  /** Of a sweep that learns: its trials are proposed while it runs. */
  method?: string;
}

/** Told what happens in a sweep, in order. */
export interface SweepWatcher extends SweepObserver {
  /** No trainer runs any more. */
  close(): void;
}

export type WatchSweep = (start: SweepStart) => SweepWatcher | Promise<SweepWatcher>;

/**
 *   spec ─▶ trials with ids ─▶ lock ─▶ what is there already ─▶ slots ─▶ trainers ─▶ charts, MLflow ─▶ result
 *                                        search.jsonl ─▶ proposals ◀────────┘ what came of them, for a method that learns
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
    const cluster = await openLauncher(context);
    const adaptive = openAdaptive(context, trials);
    const { board, plan } = await compareWithRecord(context, trials, adaptive);
    const divided = cluster
      ? { places: placesOn(cluster, context, trials, adaptive), gpus: [], tried: [] }
      : await divideMachine(context, prepared, trials, board);
    return await runAll(context, { trials, prepared, board, plan, ...divided, adaptive });
  } finally {
    await undoing.all();
  }
}

const objectivesOf = ({ sweep }: ResolvedExperiment): readonly Objective[] =>
  sweep?.objectives ?? [sweep?.objective ?? defaultObjective];

type Trials = Awaited<ReturnType<typeof listTrials>>;
type Context = ReturnType<typeof contextOf>;

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

export async function listTrials({ spec, config, cwd, runs, report, signals }: Context) {
  const absolute = { ...spec, config: withAbsolutePaths(config, { cwd, runs }) };
  const expansion = await expandTrials(absolute, { signal: signals.stop, cwd, runs });
  if (!spec.sweep) report.warning({ code: 'no-sweep', message: 'The spec has no sweep: it is one trial.' });
  for (const warning of expansion.warnings) report.warning(warning);
  return expansion;
}

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

export async function lockFolder({ folder, guard, report, undoing }: Context): Promise<void> {
  undoing.add(await takeLock(folder, { command: 'sweep', guard: guard.mark, note: report.note }));
}

/** Of a cluster; what earlier commands submitted to another one is ended, so that no trial is run twice. */
async function openLauncher(context: Context): Promise<Cluster | undefined> {
  const { config, folder, name, runs, maxParallel = 0, report, undoing, standing } = context;
  const { launcher } = config.resources;
  undoing.add(() => standing.all());
  await endJobs(folder, { runsIn: folder, how: 'save', except: launcher.name, note: report.note });
  const cluster = await openCluster({
    ...{ config, folder, runsIn: folder, label: name, runs, maxParallel },
    note: report.note,
  });
  standing.add(async () => cluster?.launcher.close());
  return cluster;
}

function placesOn(
  { launcher, kinds, room }: Cluster,
  { config: { resources }, spec, maxParallel = 0 }: Context,
  { trials }: Trials,
  { proposals }: Adaptive,
): Place[] {
  const count = proposals ? (spec.sweep?.trials ?? Number.POSITIVE_INFINITY) : trials.length;
  return clusterPlaces(launcher, {
    ...{ resources, kinds, room, maxParallel, trials: count },
    learns: proposals !== undefined,
  });
}

/** What decides while a sweep runs: its stopping rule, the proposals of a method that learns, and who gets more seeds. */
function openAdaptive(context: Context, expansion: Trials) {
  const { spec, folder, runs, objective, objectives, undoing, report } = context;
  const { sweep } = spec;
  const { hashOf: dataHash, weightsHashOf: weightsHash, repeats } = expansion;
  const rule = sweep?.stopping;
  const stopping =
    sweep && rule ? new EarlyStopping(rule, sweep.seed, objectives, report.warning) : undefined;
  const absolute = { ...spec, config: withAbsolutePaths(spec.config, { cwd: context.cwd, runs }) };
  const search = Search.of(absolute, { dataHash, weightsHash });
  const trials = () => [...(proposals?.trials ?? expansion.trials), ...(seeds?.trials ?? [])];
  const added = () => manifest(context, repeats, trials());
  const proposals =
    sweep && search
      ? new Proposals({
          ...{ sweep, search, objectives, folder, stopping, added },
          warmStart: sweep.warm_start.map((name) => ({ name, folder: join(runs, name) })),
          note: report.note,
        })
      : undefined;
  if (proposals) undoing.add(() => proposals.close());
  const until = sweep?.until;
  const seeds =
    sweep && until
      ? new MoreSeeds({
          ...{ sweep, until, objective, dataHash, weightsHash, added },
          ...(proposals ? { isOver: () => proposals.isOver() } : {}),
          note: report.note,
        })
      : undefined;
  seeds?.restore(readManifest(folder)?.trials ?? [], trials());
  return { stopping, proposals, seeds, trials };
}

type Adaptive = ReturnType<typeof openAdaptive>;

export function manifest(context: Context, repeats: number, trials: Trials['trials']): void {
  writeManifest(context.folder, {
    version: 1,
    sweep: context.name,
    spec: context.file,
    set: [...(context.set ?? [])],
    cwd: context.cwd,
    time: Date.now(),
    objective: context.objective,
    ...(context.objectives.length > 1 ? { objectives: [...context.objectives] } : {}),
    repeats,
    trials: trials.map(({ id, axes, seed, point, repeat }) => ({ id, axes, seed, point, repeat })),
  });
}

/** Ends what an orchestrator that was killed left behind, and finds what is finished. Writes the manifest. */
async function compareWithRecord(context: Context, expansion: Trials, adaptive: Adaptive) {
  const { runs, name, folder, objective } = context;
  const { stopping, proposals } = adaptive;
  const trials = adaptive.trials();
  await endStraysUnder(resolve(folder));
  const plan = planSweep(trials, { ...context, runs, name, objective, stopping: stopping !== undefined });
  for (const { run } of plan.work) if (run?.status === 'running') await endOrphan(run);
  const board = new Board(trials, objective);
  for (const [id, run] of plan.kept) board.found(id, run, 'finished');
  for (const [id, run] of plan.linked) board.found(id, run, 'linked');
  for (const [id, run] of plan.failed) board.found(id, run, 'failed');
  for (const run of plan.linked.values()) linkRun(runs, name, run);
  for (const [id, run] of plan.pruned) board.found(id, run, 'pruned');
  manifest(context, expansion.repeats, trials);
  compareReports(board, plan, stopping);
  proposals?.compare(board);
  return { board, plan };
}

/** A stopping rule knows what all trials have reported, those that continue, too. */
function compareReports(board: Board, plan: SweepPlan, stopping: EarlyStopping | undefined): void {
  if (!stopping) return;
  for (const { run, trial } of plan.work)
    if (run) stopping.found({ ...board.row(trial.id), runDir: run.dir });
  for (const row of board.rows) if (row.status !== 'waiting') stopping.found(row);
}

/**
 * The slots follow from the spec and the machine, never from how many trials are left: a trial that is resumed has as many threads
 * as it would have had undisturbed, and so the same bits.
 */
async function divideMachine(context: Context, prepared: Prepared, { trials }: Trials, board: Board) {
  const { spec, folder, config, maxParallel = 0, report, cwd, runs, signals, guard, standing } = context;
  const asked = { maxParallel, trials: trials.length };
  const first = await chooseSlots(config, prepared, asked);
  const tried = await preflight({
    ...{ spec, trials, folder, cwd, signals, report },
    ...{ slots: first.slots, gpus: first.gpus },
    environment: prepared.environment,
    begun: board.rows.some(({ status }) => status === 'finished' || status === 'linked'),
    configOf: (trial) => withAbsolutePaths(trial.config, { cwd, runs }),
  });
  const { slots, notes, gpus } = await chooseSlots(config, prepared, { ...asked, measured: mostOf(tried) });
  for (const note of notes) report.note(note);
  if (prepared.identities !== undefined)
    await checkSweepSpace({
      configs: trials
        .filter(({ id }) => board.row(id).status === 'waiting')
        .map(({ config: own }) => own)
        .filter(({ trainer }) => trainer.command === undefined),
      ...{ identities: prepared.identities, parallel: slots.length, folder, report },
    });
  const places = makePlaces(slots, prepared, { cwd, guard, undoing: standing });
  return { places, gpus, tried };
}

interface Ready {
  trials: Trials;
  prepared: Prepared;
  board: Board;
  plan: SweepPlan;
  places: readonly Place[];
  gpus: Awaited<ReturnType<typeof listGpus>>;
  /** What the preflight measured. */
  tried: readonly PreflightRun[];
  adaptive: Adaptive;
}

async function runAll(context: Context, ready: Ready): Promise<SweepResult> {
  const { config, name, objective, signals, report } = context;
  const { board, plan, places } = ready;
  const slots = places.map(({ slot }) => slot);
  const watcher = await context.watch?.({
    ...{ name, board, plan, slots },
    ...(ready.adaptive.proposals ? { method: context.spec.sweep!.method } : {}),
  });
  const note = (line: string) => (watcher ?? report).note(line);
  const send = notifier(config, { report });
  const after = await followRuns({
    sweepDir: context.folder,
    runs: context.runs,
    config,
    note,
    byJobs: isCluster(config) && config.tracking.from === 'jobs',
    charts: [...builtinTrainer().slice(0, -1), 'charts'],
  });
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
      ...decisionsOf(ready),
      ...signals,
      observer: inTurn(after.observer, watcher, note),
      ...(memory === undefined || isCluster(config)
        ? {}
        : { memory: (signal) => waitFor(() => availableMemory() >= parseBytes(memory), signal) }),
      devicesThere: (slot, fresh) => presence.there(slot, fresh),
    });
  } finally {
    await context.standing.all();
    watcher?.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const ended = { name, board, objective, objectives: context.objectives, plan, outcome, seconds };
  const notice = signals.kill.aborted ? undefined : sweepNotice(sweepResult(ended));
  const [{ url }] = await Promise.all([after.close(signals), notice && send(notice)]);
  return sweepResult({ ...ended, url });
}

/** What a stopping rule and a search decide while trials run. A pruned trial is taken up again by either; seeds are added at the end. */
function decisionsOf({ adaptive: { stopping, proposals, seeds }, board }: Ready) {
  const source = {
    get halted() {
      return proposals?.halted;
    },
    next: () => (proposals ? proposals.next() : stopping?.next(board)) ?? seeds?.next(board),
  };
  return {
    ...(proposals || stopping || seeds ? { source } : {}),
    ended: (row: TrialRow, seconds: number, slot: Slot) => {
      if (proposals) proposals.ended(row, seconds, slot);
      else stopping?.ended(row);
    },
    ...(stopping ? { judge: (row: TrialRow, event: Event) => stopping.judge(row, event) } : {}),
  };
}

export function folderOptions(
  { runs, spec, cwd }: Context,
  { prepared, trials, tried }: Pick<Ready, 'prepared' | 'trials' | 'tried'>,
  config: Trials['trials'][0]['config'],
) {
  const accumulation = accumulationFor(config, tried);
  return {
    ...(accumulation === undefined ? {} : { accumulation }),
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
