import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendState, type Event, readState, writeAside } from '../record/index.ts';
import type { Experiment } from '../spec/experiment.generated.ts';
import type { FailureClass } from './classify.ts';
import type { Handle } from './launchers/launcher.ts';
import { type Decision, decide } from './retry.ts';
import { type Outcome, supervise } from './supervise.ts';

export interface ExecuteOptions {
  runDir: string;
  /** Starts the trainer once more on the run's folder. */
  start: () => Handle;
  launcher: string;
  devices: string[];
  /** Milliseconds for which the slot stood empty before; only of the first start. */
  idle?: () => number | undefined;
  stop: AbortSignal;
  kill: AbortSignal;
  onEvent?: (event: Event) => void;
  onRetry?: (failure: FailedOutcome['failure'], decision: Extract<Decision, { retry: true }>) => void;
}

type FailedOutcome = Extract<Outcome, { status: 'failed' }>;

/**
 *   start ─▶ supervise ─▶ finished, stopped
 *     ▲          └ failed ─▶ decide ─▶ failed for good
 *     └────── delay ◀─────────┘ again
 *
 * Runs a run's trainer to its end, starting it again as `resources.retry` says.
 */
export async function execute(options: ExecuteOptions): Promise<Outcome> {
  const { runDir, stop } = options;
  const { attempts, counts } = history(runDir);
  for (let attempt = attempts + 1; ; attempt++) {
    const config = readConfig(runDir);
    const idle = attempt === attempts + 1 ? options.idle?.() : undefined;
    const outcome = await supervise({
      runDir,
      start: options.start,
      started: {
        launcher: options.launcher,
        devices: options.devices,
        attempt,
        ...(idle === undefined ? {} : { idle }),
      },
      stop,
      kill: options.kill,
      onEvent: options.onEvent,
      timeout: config.resources.timeout,
      silence: config.resources.silence,
    });
    if (outcome.status !== 'failed' || stop.aborted) return outcome;
    const decision = decide(outcome.failure, config, counts);
    if (!decision.retry) return outcome;
    counts[outcome.failure.class] = (counts[outcome.failure.class] ?? 0) + 1;
    change(runDir, decision.changes, outcome.failure.class);
    appendState(runDir, {
      state: 'retried',
      class: outcome.failure.class,
      action: decision.action,
      delay: decision.delay,
    });
    options.onRetry?.(outcome.failure, decision);
    await sleep(decision.delay, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return { status: 'stopped' };
  }
}

/** How often the run's trainer was started, and started again after each class of failure, by this and earlier orchestrators. */
function history(runDir: string) {
  const entries = readState(runDir);
  const counts: Partial<Record<FailureClass, number>> = {};
  for (const entry of entries)
    if (entry.state === 'retried' && entry.class) counts[entry.class] = (counts[entry.class] ?? 0) + 1;
  return { attempts: entries.filter(({ state }) => state === 'started').length, counts };
}

export function readConfig(runDir: string): Experiment {
  return JSON.parse(readFileSync(join(runDir, 'config.json'), 'utf8')) as Experiment;
}

/** Changes values of the run's config and says in its origins why. */
function change(runDir: string, changes: Record<string, number>, why: FailureClass): void {
  if (Object.keys(changes).length === 0) return;
  const config = readConfig(runDir) as unknown as Record<string, unknown>;
  const file = join(runDir, 'origins.json');
  const origins = JSON.parse(readFileSync(file, 'utf8'));
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop()!;
    const parent = keys.reduce<Record<string, unknown>>(
      (node, key) => node[key] as Record<string, unknown>,
      config,
    );
    origins[path] = { kind: 'retry', class: why, from: parent[last] };
    parent[last] = value;
  }
  writeAside(file, `${JSON.stringify(origins, null, 2)}\n`);
  writeAside(join(runDir, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}
