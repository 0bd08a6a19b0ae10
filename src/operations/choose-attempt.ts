import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { liveness } from '../base/process.ts';
import { continues } from '../orchestrator/index.ts';
import {
  holderOfRun,
  isHalfBorn,
  type RunSummary,
  readState,
  runsOfTrial,
  scanRun,
} from '../record/index.ts';
import { runIdOf } from './run-id.ts';

/** What `run` does with a trial that was run before: nothing, continue that run, or make a new one. */
export type Attempt = { kind: 'kept' | 'continued'; run: RunSummary } | { kind: 'new' };

/**
 *   finished ─▶ kept     at work ─▶ refused     interrupted, stopped, failed by its surroundings ─▶ continued     else ─▶ new
 *
 * Throws FacecomError `run-running` (exit code 2).
 */
export function chooseAttempt(place: { runs: string; name: string; trial: string }): Attempt {
  const runs = runsOfTrial(join(place.runs, place.name), place.trial).flatMap((dir) => scanRun(dir) ?? []);
  const finished = runs.findLast(({ status }) => status === 'finished');
  if (finished) return { kind: 'kept', run: finished };
  const run = runs.at(-1);
  if (!run) return { kind: 'new' };
  const worker = workerOf(run);
  if (worker !== undefined) throw running(run, worker);
  // One whose trainer never began is taken up as a new folder is made.
  if (isHalfBorn(run.dir)) return { kind: 'new' };
  return continues(run) ? { kind: 'continued', run } : { kind: 'new' };
}

/** The process that is at work on a run, or about to be. */
function workerOf({ dir, status, orchestrator, trainer }: RunSummary): number | undefined {
  const holder = holderOfRun(dir);
  if (holder) return holder.pid;
  if (status === 'running' || status === 'retrying') return orchestrator?.pid ?? trainer?.pid;
  const last = readState(dir).at(-1);
  if (last?.state !== 'queued' || !last.orchestrator) return undefined;
  const maker = { ...last.orchestrator, host: last.host };
  return maker.pid !== process.pid && liveness(maker) === 'alive' ? maker.pid : undefined;
}

function running({ dir }: RunSummary, pid: number): FacecomError {
  const id = runIdOf(dir);
  return new FacecomError('run-running', 'The very same run is at work already.', {
    found: `${id}, run by process ${pid}`,
    expected: 'one at a time: two would give the same result',
    remedy: `Watch it with facecom status ${id} --watch, stop it with facecom stop ${id}, or run it a second time with --force.`,
    exitCode: 2,
  });
}
