import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../../../base/lock.ts';
import { markProcess } from '../../../base/process.ts';
import {
  type Batch,
  type Claim,
  claimTask,
  dropClaim,
  isTaskOver,
  readEnd,
  renewClaim,
  stopAsked,
  type TaskEnd,
  trainerLock,
  writeEnd,
} from '../../../record/index.ts';
import type { Exit } from '../../launchers/launcher.ts';
import type { JobContext } from './context.ts';
import { endOf, hasFinished, train } from './train.ts';

/**
 * `taken`: another job has it; `withdrawn`: its orchestrator has taken it back. `open`: the end to be written where the job, which was told
 * to end, is not queued again; else the end is written.
 */
export type TaskResult =
  | { what: 'taken' }
  | { what: 'withdrawn' }
  | { what: 'done'; code: number; open?: TaskEnd };

/**
 *   claim, made by one job alone ─▶ nobody trains this run ─▶ trainer ─▶ end of the task, for the orchestrator
 *     └ taken                          told to end by the engine or the orchestrator: it saves
 *
 * Runs one task of a job.
 */
export async function runTask(context: JobContext, task: number): Promise<TaskResult> {
  const { batch, jobs, job, say } = context;
  const { key } = batch;
  const done = (code = 0): TaskResult => ({ what: 'done', code });
  const restart = Number(process.env.SLURM_RESTART_COUNT ?? 0);
  const claim: Claim = { job, restart, host: markProcess().host ?? '', time: Date.now() };
  const other = claimTask(jobs, key, task, claim);
  if (other?.job === '') return { what: 'withdrawn' };
  if (other && other.job !== job) {
    say(`the job ${other.job} on ${other.host} has task ${task} of ${key}: nothing is left to do.`);
    return { what: 'taken' };
  }
  // A controller that lost its last moments starts what has ended again.
  if (readEnd(jobs, key, task) || isOver(context, task)) {
    nothingLeft(context, task);
    return done();
  }
  // The engine starts a job of its own again after a node was lost, or as this one asked it to.
  if (other) renewClaim(jobs, key, task, claim);
  const runDir = resolve(jobs, batch.folder, batch.runs[task]!);
  if (!(await isThere(runDir, context))) {
    const error = `its run folder ${runDir} is not seen on ${claim.host}: is the folder of the runs shared?`;
    writeEnd(jobs, key, task, { error });
    return done(1);
  }
  const release = await takeRun(context, task, runDir);
  if (!release) {
    if (!stopAsked(jobs, key, task)) return { what: 'done', code: 0, open: { unbegun: true } };
    writeEnd(jobs, key, task, { code: 0, told: 'stop' });
    return done();
  }
  try {
    // A trainer whose job its controller had lost sight of may have finished meanwhile.
    if (hasFinished(runDir)) {
      writeEnd(jobs, key, task, endOf({ code: 0 }, undefined, runDir));
      nothingLeft(context, task);
      return done();
    }
    const { exit, toldBy } = await train(context, task, runDir);
    const end = endOf(exit, toldBy, runDir);
    const code = exit.code ?? 1;
    if (toldBy === 'SIGTERM' && !hasFinished(runDir) && continues(exit, batch))
      return { what: 'done', code, open: end };
    writeEnd(jobs, key, task, end);
    return done(code);
  } finally {
    // Before it is queued again: it may start at once.
    release();
  }
}

/** Whether a trainer that was told to end is worth starting again: it has saved; or, where its time was not up, it ended by the signal. */
const continues = ({ code, signal }: Exit, { again_code }: Batch): boolean =>
  code === 0 || (again_code !== undefined && (signal !== undefined || code === again_code));

/** By the journal of whoever submitted it; its files may have been removed with the batch then. */
function isOver({ file, batch, jobs }: JobContext, task: number): boolean {
  if (!isTaskOver(dirname(jobs), batch.key, task)) return false;
  if (!existsSync(file)) dropClaim(jobs, batch.key, task);
  return true;
}

const nothingLeft = ({ file, say }: JobContext, task: number): unknown =>
  say(`task ${task} of ${basename(file, '.json')} has ended already: nothing is left to do.`);

/** A run's folder need not be seen at once. */
async function isThere(runDir: string, { patience, told }: JobContext): Promise<boolean> {
  for (const until = performance.now() + patience; !existsSync(runDir); await sleep(250))
    if (performance.now() >= until || told.name()) return false;
  return true;
}

/** Waits until no other job, or one that gives no sign of life any more, trains this run. Undefined if this one is to end before. */
async function takeRun(context: JobContext, task: number, runDir: string): Promise<(() => void) | undefined> {
  const { batch, jobs, job, interval, told, say } = context;
  let said = false;
  while (!told.name() && !stopAsked(jobs, batch.key, task)) {
    const lock = await tryLock(trainerLock(runDir), { details: { key: `${batch.key}.${task}`, job } });
    if ('release' in lock) return lock.release;
    if (!said) say(`process ${lock.holder.pid} on ${lock.holder.host} trains this run: waiting for its end.`);
    said = true;
    await sleep(interval);
  }
  return undefined;
}
