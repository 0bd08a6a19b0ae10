import { resolve } from 'node:path';
import { parseBytes } from '../../base/format.ts';
import { availableMemory, listGpus } from '../../machine/index.ts';
import {
  type Board,
  GpuPresence,
  isCluster,
  type Job,
  type Place,
  runSweep,
  type SweepObserver,
  type SweepPlan,
  threadsOf,
  trainerCommand,
  trainerEnvironment,
  waitFor,
} from '../../orchestrator/index.ts';
import type { PreflightRun } from '../../record/index.ts';
import { withAbsolutePaths } from '../absolute-paths.ts';
import { sweepNotice } from '../notices.ts';
import { notifier } from '../notify.ts';
import { builtinTrainer, type Prepared } from '../prepare.ts';
import { type Adaptive, decisionsOf } from './adaptive.ts';
import type { Context } from './context.ts';
import { followRuns } from './follow-runs.ts';
import { openRunFolder } from './open-run-folder.ts';
import { accumulationFor } from './preflight/corners.ts';
import { type SweepResult, sweepResult } from './result.ts';
import type { Trials } from './trials.ts';

/** What the steps before have made of a sweep. */
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

/** Runs what is to be run on its places, with what follows the runs. */
export async function runTrials(context: Context, ready: Ready): Promise<SweepResult> {
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
      ...decisionsOf(ready.adaptive, board),
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
  const ended = {
    ...{ name, board, objective, objectives: context.objectives, plan, outcome, seconds },
    exhausted: ready.adaptive.proposals?.halted !== undefined,
  };
  const notice = signals.kill.aborted ? undefined : sweepNotice(sweepResult({ ...ended, url: after.url }));
  const [{ url }] = await Promise.all([after.close(signals), notice && send(notice)]);
  return sweepResult({ ...ended, url });
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
