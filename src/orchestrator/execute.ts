import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tidyAside } from '../base/files.ts';
import { changeConfig, type Event, type FailureClass, readConfig, readState } from '../record/index.ts';
import type { Handle } from './launchers/launcher.ts';
import { recordState } from './record-state.ts';
import { type Decision, decide } from './retry.ts';
import { withStopRequests } from './stop-request.ts';
import { type Outcome, type Pruning, supervise, UNBEGUN } from './supervise.ts';

export interface ExecuteOptions {
  runDir: string;
  /** Starts the trainer once more on the run's folder. */
  start: () => Handle;
  launcher: string;
  devices: string[];
  /** That the trainer may use; written down, so that a resumed run keeps them. */
  threads: number;
  /** Milliseconds for which the slot stood empty before; asked when the trainer has begun. */
  idle?: () => number | undefined;
  stop: AbortSignal;
  kill: AbortSignal;
  /** Aborted with what a stopping rule said: the trainer is asked to save and end. */
  prune?: AbortSignal;
  onEvent?: (event: Event) => void;
  onRetry?: (failure: FailedOutcome['failure'], decision: Retry) => void;
}

type FailedOutcome = Extract<Outcome, { status: 'failed' }>;
export type Retry = Extract<Decision, { retry: true }>;

/** How a start of a trainer ended, and whether the run is to be started again. */
export type Attempt = { outcome: Outcome; retry?: Retry };

/**
 *   start ─▶ supervise ─▶ finished, stopped
 *     ▲          └ failed ─▶ decide ─▶ failed for good
 *     └────── delay ◀─────────┘ again
 *
 * Runs a run's trainer to its end, starting it again as `resources.retry` says.
 */
export async function execute(options: ExecuteOptions): Promise<Outcome> {
  for (;;) {
    const { outcome, retry } = await attempt(options);
    if (!retry) return outcome;
    await sleep(retry.delay, undefined, { signal: options.stop }).catch(() => {});
    if (options.stop.aborted) return { status: 'stopped' };
  }
}

/** Starts a run's trainer once, and decides what is done where it fails. */
export async function attempt(options: ExecuteOptions): Promise<Attempt> {
  const { release, ...signals } = withStopRequests(options.runDir, options, {
    remote: options.launcher !== 'local',
  });
  try {
    return await startOnce({ ...options, ...signals });
  } finally {
    release();
  }
}

async function startOnce(options: ExecuteOptions): Promise<Attempt> {
  const { runDir, stop } = options;
  if (stop.aborted) {
    recordState(runDir, { state: 'stopped', message: UNBEGUN });
    return { outcome: { status: 'stopped' } };
  }
  // What killed trainers and orchestrators left half written.
  for (const folder of [runDir, join(runDir, 'artifacts')]) tidyAside(folder);
  const { starts, counts } = history(runDir);
  const config = readConfig(runDir);
  const outcome = await supervise({
    runDir,
    start: options.start,
    started: {
      launcher: options.launcher,
      devices: options.devices,
      attempt: starts + 1,
      threads: options.threads,
    },
    idle: options.idle,
    stop,
    kill: options.kill,
    pruned: () => (options.prune?.aborted ? (options.prune.reason as Pruning) : undefined),
    onEvent: options.onEvent,
    timeout: config.resources.timeout,
    silence: config.resources.silence,
    grace: config.resources.grace,
  });
  if (outcome.status !== 'failed' || stop.aborted) return { outcome };
  const decision = decide(outcome.failure, config, counts);
  if (!decision.retry) return { outcome };
  recordRetry(runDir, outcome.failure.class, decision);
  options.onRetry?.(outcome.failure, decision);
  return { outcome, retry: decision };
}

/** Changes what the next start is to do differently and writes down that there is one. */
export function recordRetry(runDir: string, kind: FailureClass, { changes, action, delay }: Retry): void {
  changeConfig(runDir, changes, kind);
  recordState(runDir, { state: 'retried', class: kind, action, delay });
}

/**
 * The retry that a run's last failure is due and that is not written down: its orchestrator ended in between, or was being stopped.
 * Undefined if it failed for good.
 */
export function dueRetry(runDir: string): { class: FailureClass; retry: Retry } | undefined {
  const last = readState(runDir).at(-1);
  if (last?.state !== 'failed' || last.class === undefined) return undefined;
  try {
    const decision = decide({ class: last.class, message: '' }, readConfig(runDir), history(runDir).counts);
    return decision.retry ? { class: last.class, retry: decision } : undefined;
  } catch {
    // A config that was edited and cannot be read decides nothing.
    return undefined;
  }
}

/**
 * How often the run's trainer was started, and started again after each class of failure, by this and earlier orchestrators. Where the
 * run was put into the queue again after it had failed, the budgets begin anew.
 */
function history(runDir: string) {
  const entries = readState(runDir);
  const counts: Partial<Record<FailureClass, number>> = {};
  for (const entry of entries.slice(entries.findLastIndex(({ state }) => state === 'queued') + 1))
    if (entry.state === 'retried' && entry.class) counts[entry.class] = (counts[entry.class] ?? 0) + 1;
  return { starts: entries.filter(({ state }) => state === 'started').length, counts };
}
