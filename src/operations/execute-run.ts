import { dirname, resolve } from 'node:path';
import {
  clusterPlaces,
  endJobs,
  endOrphan,
  execute,
  type Failure,
  Guard,
  LocalLauncher,
  openCluster,
  type Place,
  takeLock,
  threadsOf,
  trainerEnvironment,
} from '../orchestrator/index.ts';
import { type Event, type RunSummary, scanRun } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';
import { chooseSlot } from './choose-slots.ts';
import { exportForMlflow, wantsModel } from './model-for-mlflow.ts';
import { runNotice } from './notices.ts';
import { notifier } from './notify.ts';
import type { Prepared } from './prepare.ts';
import type { Reporter, Signals } from './reporter.ts';
import { Undoing } from './undoing.ts';

/** A run that is about to be executed. */
export interface RunHandle {
  /** `name/trial-attempt`. */
  id: string;
  /** Its folder. */
  dir: string;
  config: Experiment;
}

/** Told what happens in a run, in order. */
export interface RunObserver {
  event(event: Event): void;
  /** It failed and is started again after `delay` milliseconds. */
  retry(failure: Failure, action: string, delay: number): void;
  note(line: string): void;
  /** The trainer has ended. */
  close(): void;
}

export type WatchRun = (run: RunHandle) => RunObserver | Promise<RunObserver>;

export interface RunResult {
  /** `name/trial-attempt`. */
  run: string;
  dir: string;
  status: 'finished' | 'failed' | 'stopped';
  /** The final metrics of a finished run, by name; else empty. */
  metrics: Record<string, number>;
  failure?: Failure;
  /** Who stopped it, as a sentence, if it was not this command. */
  stopped_by?: string;
  seconds: number;
  /** The run's page in MLflow, if it is known. */
  mlflow?: string;
  /** It was finished before, and nothing was run. */
  kept?: boolean;
  /** False if MLflow has not got everything yet: `sync` sends the rest. */
  sent: boolean;
}

export interface ExecuteRunOptions {
  runs: string;
  prepared: Prepared;
  signals: Signals;
  report: Reporter;
  watch?: WatchRun;
  /** What relative paths of the trainer are relative to; the working folder if left out. */
  cwd?: string;
}

/** Seconds that MLflow is waited for at the end of a run, and of one whose user has interrupted it. */
const PATIENCE = { finished: 20, interrupted: 5 };

/** The result of a run that is finished already. */
export function keptResult(run: string, dir: string, { metrics, seconds = 0 }: RunSummary): RunResult {
  return { run, dir, status: 'finished', metrics, seconds, sent: true, kept: true };
}

/** Runs what a run folder says, to its end. */
export async function executeRun(handle: RunHandle, options: ExecuteRunOptions): Promise<RunResult> {
  const { config, dir } = handle;
  const { report } = options;
  const undoing = new Undoing();
  try {
    const guard = new Guard(config.resources.grace);
    undoing.add(() => guard.close());
    undoing.add(await takeLock(dir, { command: 'run', guard: guard.mark, note: report.note }));
    const place = await placeOf(handle, guard, options, undoing);
    const left = scanRun(dir, { state: true });
    if (left) await endOrphan(left);
    return await superviseRun(handle, place, options);
  } finally {
    await undoing.all();
  }
}

/** This machine, or a cluster; a job that an earlier command submitted to another one is ended. */
async function placeOf(
  { config, dir, id }: RunHandle,
  guard: Guard,
  { prepared, report, runs }: ExecuteRunOptions,
  undoing: Undoing,
): Promise<Place> {
  const { note } = report;
  const runsIn = dirname(resolve(dir));
  await endJobs(dir, { runsIn, how: 'save', except: config.resources.launcher.name, note });
  const cluster = await openCluster({ config, folder: dir, runsIn, label: id, runs, maxParallel: 1, note });
  if (cluster) {
    undoing.add(() => cluster.launcher.close());
    const { resources } = config;
    return clusterPlaces(cluster.launcher, {
      ...{ resources, kinds: 1, trials: 1, maxParallel: 1, learns: false, room: undefined },
    })[0]!;
  }
  const { slot, notes } = await chooseSlot(config, prepared);
  for (const line of notes) note(line);
  return { slot, launcher: new LocalLauncher(guard) };
}

async function superviseRun(
  handle: RunHandle,
  { slot, launcher }: Place,
  { runs, prepared, signals, report, watch, cwd = process.cwd() }: ExecuteRunOptions,
): Promise<RunResult> {
  const { id, dir, config } = handle;
  const started = performance.now();
  const send = notifier(config, { report });
  const observer = await watch?.(handle);
  let note = observer?.note ?? report.note;
  const { trackRun } = await import('../tracking/index.ts');
  const tracker = trackRun({ runDir: dir, runs, config, note: (line) => note(line) });
  const threads = threadsOf(dir, slot);
  const start = () => {
    const env = trainerEnvironment({ ...slot, threads });
    return launcher.start({ runDir: resolve(dir), command: prepared.command, env, cwd });
  };
  let outcome: Awaited<ReturnType<typeof execute>>;
  try {
    outcome = await execute({
      runDir: dir,
      start,
      devices: slot.devices,
      threads,
      launcher: launcher.name,
      ...signals,
      onEvent: (event) => observer?.event(event),
      onRetry: (failure, { action, delay }) => observer?.retry(failure, action, delay),
    });
  } finally {
    observer?.close();
    note = report.note;
  }
  const seconds = (performance.now() - started) / 1000;
  if (!signals.kill.aborted) {
    const { concludeReport } = await import('../report/index.ts');
    await concludeReport(dir, { note: (line) => report.note(`note: ${line}`) });
    if (outcome.status === 'finished' && wantsModel(config))
      await exportForMlflow(dir, { note: report.note, signal: signals.kill });
  }
  const ended = {
    run: id,
    status: outcome.status === 'pruned' ? ('stopped' as const) : outcome.status,
    metrics: outcome.status === 'finished' ? outcome.metrics : {},
    ...(outcome.status === 'failed' ? { failure: outcome.failure } : {}),
    ...(outcome.status === 'stopped' && outcome.by ? { stopped_by: outcome.by } : {}),
    seconds,
  };
  const notice = runNotice({ ...ended, ...(tracker.url === undefined ? {} : { mlflow: tracker.url }) });
  const notified = notice && !signals.kill.aborted ? send(notice) : undefined;
  const timeout = signals.stop.aborted ? PATIENCE.interrupted : PATIENCE.finished;
  const { url, sent } = await tracker.close({ timeout, signal: signals.kill });
  await notified;
  return { ...ended, dir, ...(url === undefined ? {} : { mlflow: url }), sent };
}
