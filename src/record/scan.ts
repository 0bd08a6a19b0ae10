import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { linesBackwards } from '../base/lines-backwards.ts';
import { liveness, type ProcessMark } from '../base/process.ts';
import type { Event } from './event.ts';
import { decodeLine, eventsFile } from './events.ts';
import { isRunFolder } from './find-runs.ts';
import { isHeld, trainerHolder } from './lock-file.ts';
import { runName } from './run-folder.ts';
import { readState, type StateEntry } from './state.ts';
import type { Objective } from './sweep-manifest.ts';

/**
 * `interrupted`: it was started, has not ended as the record says, and neither its trainer nor its orchestrator is there any more.
 * `retrying`: it waits before it is started again. `pruned`: a stopping rule of its sweep ended it early.
 */
export type RunStatus =
  | 'queued'
  | 'running'
  | 'retrying'
  | 'finished'
  | 'failed'
  | 'stopped'
  | 'pruned'
  | 'interrupted';

/** What a run folder says in short. */
export interface RunSummary {
  dir: string;
  /** Of its experiment or sweep. */
  name: string;
  trial: string;
  /** Of the folder, `<trial>-<attempt>`. */
  attempt: number;
  status: RunStatus;
  /** How often its trainer was started. */
  starts: number;
  retries: number;
  devices: string[];
  /** Kind of its last failure, unless it has finished since. */
  class?: NonNullable<StateEntry['class']>;
  code?: string;
  message?: string;
  /** Those of `finished`, else the last value of each. */
  metrics: Record<string, number>;
  /** The objective's value: of `finished`, else the best so far. */
  best?: number;
  epoch?: number;
  /** What the trainer said last of how far it is. */
  progress?: Extract<Event, { type: 'progress' }>;
  /** What all its starts took together, until now where it runs. */
  seconds?: number;
  /** Milliseconds since 1970 of the first start and of the last entry of its state. */
  started?: number;
  changed?: number;
  /** Of the last start. */
  trainer?: ProcessMark;
  orchestrator?: ProcessMark;
  /** Of a cluster, of the last start. */
  job?: NonNullable<StateEntry['job']>;
}

export interface ScanOptions {
  objective?: Objective;
  /** Milliseconds since 1970. */
  now?: number;
  /** Summaries that are taken as they are, by folder: of finished runs, which change no more. */
  known?: ReadonlyMap<string, RunSummary>;
  /** The state alone, without what the events tell. */
  state?: boolean;
}

/**
 * Summaries of the run folders right under a folder, in the order of their names, one at a time: of the state the whole, of the
 * events of a finished run the last line only. Folders without a config are no runs and are left out.
 */
export function* scanRuns(folder: string, options: ScanOptions = {}): Generator<RunSummary> {
  for (const name of runFolderNames(folder)) {
    const dir = join(folder, name);
    const summary = options.known?.get(dir) ?? scanRun(dir, options);
    if (summary) yield summary;
  }
}

/** The run that stands for each trial, by its id: the newest, or one that has finished where the newest ended in another way. */
export function newestRuns(summaries: Iterable<RunSummary>): Map<string, RunSummary> {
  const runs = new Map<string, RunSummary>();
  for (const summary of summaries) {
    const known = runs.get(summary.trial);
    if (!known || stands(summary, known)) runs.set(summary.trial, summary);
  }
  return runs;
}

function stands(run: RunSummary, other: RunSummary): boolean {
  const rank = ({ status }: RunSummary) =>
    status === 'running' || status === 'retrying' || status === 'finished' ? 1 : 0;
  return rank(run) - rank(other) > 0 || (rank(run) === rank(other) && run.attempt > other.attempt);
}

/**
 * Undefined for a folder that is no run's, or that was not made to its end. Throws FacecomError `run-not-readable` (exit code 2).
 */
export function scanRun(dir: string, options: ScanOptions = {}): RunSummary | undefined {
  try {
    return summarise(dir, options);
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code) throw error;
    throw new FacecomError('run-not-readable', 'The record of a run cannot be read.', {
      place: { run: dir },
      found: (error as Error).message,
      expected: 'files that this user may read',
      remedy: 'Change their permissions, or ask as the user who started the run.',
      exitCode: 2,
      cause: error,
    });
  }
}

function summarise(dir: string, options: ScanOptions): RunSummary | undefined {
  const place = runName(dir) ?? { name: basename(dirname(dir)), trial: basename(dir), attempt: 1 };
  const entries = readState(dir);
  if (entries.length === 0 && !isRunFolder(dir)) return undefined;
  const summary: RunSummary = { dir, ...place, ...summariseState(dir, entries, options.now ?? Date.now()) };
  if (!options.state) addEvents(summary, options.objective);
  return summary;
}

/** The status alone, as the run's state and processes tell it; its events are not read. */
export function runStatus(dir: string): RunStatus {
  return summariseState(dir, readState(dir), Date.now()).status;
}

function runFolderNames(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.filter((name) => !name.startsWith('.') && /-\d+$/.test(name)).sort();
}

type StatePart = Pick<
  RunSummary,
  | 'status'
  | 'starts'
  | 'retries'
  | 'devices'
  | 'class'
  | 'code'
  | 'message'
  | 'seconds'
  | 'started'
  | 'changed'
  | 'trainer'
  | 'orchestrator'
  | 'job'
> & { metrics: Record<string, number> };

function summariseState(dir: string, entries: readonly StateEntry[], now: number): StatePart {
  const part: StatePart = { status: 'queued', starts: 0, retries: 0, devices: [], metrics: {} };
  let since: number | undefined;
  let milliseconds = 0;
  for (const entry of entries) {
    part.changed = entry.time;
    if (entry.state === 'started') {
      since = entry.time;
      part.started ??= entry.time;
      part.starts++;
      describeStart(part, entry);
    } else if (since !== undefined && entry.state !== 'queued') {
      // A clock that was set back is no time won.
      milliseconds += Math.max(0, entry.seconds === undefined ? entry.time - since : entry.seconds * 1000);
      since = undefined;
    }
    if (entry.state === 'retried') part.retries++;
    if (
      entry.state === 'failed' ||
      entry.state === 'stopped' ||
      entry.state === 'pruned' ||
      entry.state === 'finished'
    )
      describeEnd(part, entry);
  }
  part.status = statusOf(dir, entries.at(-1), part);
  if (since !== undefined && part.status === 'running') milliseconds += Math.max(0, now - since);
  if (part.starts > 0) part.seconds = milliseconds / 1000;
  return part;
}

function describeStart(
  part: StatePart,
  { devices = [], pid, host, process, orchestrator, job }: StateEntry,
): void {
  part.job = job;
  part.devices = devices;
  part.trainer = pid === undefined ? undefined : { pid, host, process };
  part.orchestrator = orchestrator && { ...orchestrator, host };
}

function describeEnd(part: StatePart, { class: kind, code, message }: StateEntry): void {
  part.class = kind;
  part.code = code;
  part.message = message;
}

function statusOf(
  dir: string,
  last: StateEntry | undefined,
  { trainer, orchestrator, job }: StatePart,
): RunStatus {
  if (!last) return 'queued';
  // Of a process on another machine or in another container only the lock tells, which shows signs of life.
  const here = (mark: ProcessMark | undefined) => {
    const life = mark ? liveness(mark) : 'ended';
    return life === 'alive' || (life === 'unknown' && isHeld(dir));
  };
  // A job of a cluster outlives its orchestrator, and shows signs of life itself.
  const runs = () =>
    here(trainer) || here(orchestrator) || (job !== undefined && trainerHolder(dir) !== undefined);
  if (last.state === 'started') return runs() ? 'running' : 'interrupted';
  if (last.state === 'retried') return here(orchestrator) ? 'retrying' : 'interrupted';
  return last.state;
}

/** Reads from the end, as far as there is something to learn. */
function addEvents(summary: RunSummary, objective: Objective | undefined): void {
  const better = objective?.mode === 'min' ? Math.min : Math.max;
  // A name may be that of a member of every object.
  const metrics = new Map<string, number>();
  for (const line of linesBackwards(eventsFile(summary.dir))) {
    if (summary.progress && line.includes('"progress"')) continue;
    const event = decodeLine(line);
    if (event?.type === 'finished') {
      finish(summary, event, objective);
      return;
    }
    if (event?.type === 'progress') summary.progress ??= event;
    if (event?.type !== 'metric') continue;
    summary.epoch ??= event.epoch;
    for (const [name, value] of Object.entries(event.values))
      if (!metrics.has(name)) metrics.set(name, value);
    const value = objective && metricOf(event.values, objective.metric);
    if (value !== undefined && !Number.isNaN(value)) summary.best = better(summary.best ?? value, value);
  }
  summary.metrics = Object.fromEntries(metrics);
}

const metricOf = (values: Readonly<Record<string, number>>, name: string): number | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** The trainer's word counts, also where its orchestrator did not live to write it down. */
function finish(
  summary: RunSummary,
  event: Extract<Event, { type: 'finished' }>,
  objective: Objective | undefined,
): void {
  const { progress } = summary;
  summary.status = 'finished';
  summary.metrics = event.metrics;
  summary.epoch ??= progress?.epoch;
  summary.best = objective && metricOf(event.metrics, objective.metric);
  for (const key of ['class', 'code', 'message', 'progress'] as const) delete summary[key];
}
