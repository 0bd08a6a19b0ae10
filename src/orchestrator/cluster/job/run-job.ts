import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Batch,
  isTaskOver,
  readBatch,
  readClaim,
  readEnd,
  stopAsked,
  tasksOfJob,
  writeEnd,
} from '../../../record/index.ts';
import { Guard } from '../../guard.ts';
import { CANNOT_WRITE, NOT_FOUND } from '../exit-codes.ts';
import { type JobContext, watchSignals } from './context.ts';
import { runTask, type TaskResult } from './run-task.ts';

export interface JobOptions extends Pick<JobContext, 'file' | 'job' | 'follow'>, Partial<Looking> {
  /** Number of the job in its batch. */
  number: number;
  say?: (line: string) => unknown;
}

type Looking = Pick<JobContext, 'patience' | 'interval'>;

const tell = (line: string): unknown => process.stderr.write(`facecom: ${line}\n`);

/**
 *   batch ─▶ each task in turn: claim ─▶ trainer ─▶ end        told to end by the engine: queued again, or what is left is put back
 *              └ another job has the first: exit 0
 *
 * What runs on a cluster's node: one job of a batch. Returns the exit code: the first of its trainers' that is not 0.
 */
export async function runJob(options: JobOptions): Promise<number> {
  const { file, number, say = tell, patience = 60_000, interval = 1000 } = options;
  const batch = await waitForBatch(file, number, patience);
  if (batch === 'over') {
    say(`job ${number} of ${basename(file, '.json')} has ended already: nothing is left to do.`);
    return 0;
  }
  if (!batch) {
    say(`there is no job ${number} in ${file}: its runs have ended, or this folder is not shared.`);
    return NOT_FOUND;
  }
  const told = watchSignals();
  const guard = new Guard(batch.grace);
  const context: JobContext = {
    ...{ ...options, batch, jobs: dirname(file), told, guard, say, following: [], patience, interval },
  };
  try {
    const code = await runTasks(context, number);
    await Promise.all(context.following);
    return code;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    say(`the record cannot be written here: ${message}`);
    return CANNOT_WRITE;
  } finally {
    guard.close();
    told.release();
  }
}

/** A file that was just written on another machine may take its time to be seen here. `over`: it was removed, for its tasks have ended. */
async function waitForBatch(
  file: string,
  number: number,
  patience: number,
): Promise<Batch | 'over' | undefined> {
  for (const until = performance.now() + patience; ; await sleep(250)) {
    const batch = readBatch(file);
    if (batch) return tasksOfJob(batch, number).length > 0 ? batch : undefined;
    // All files of a batch go with its last end.
    if (isTaskOver(dirname(dirname(file)), basename(file, '.json'), 0)) return 'over';
    if (performance.now() >= until) return undefined;
  }
}

async function runTasks(context: JobContext, number: number): Promise<number> {
  const { batch, told } = context;
  const tasks = tasksOfJob(batch, number);
  let owns = false;
  let code = 0;
  for (const [at, task] of tasks.entries()) {
    const result = await runTask(context, task);
    // Whoever has the first task has them all: this one was submitted twice.
    if (result.what === 'taken' && !owns) return 0;
    if (result.what !== 'done') continue;
    owns = true;
    code ||= result.code;
    if (told.name() !== undefined) return leave(context, task, result, tasks.slice(at + 1), code);
  }
  return code;
}

/** The engine wants the job to end: where it starts it again, near a time limit or after an eviction, it continues then; else another job takes over what is left. */
async function leave(
  { batch, jobs, told, say, following }: JobContext,
  task: number,
  { open }: Extract<TaskResult, { what: 'done' }>,
  rest: readonly number[],
  code: number,
): Promise<number> {
  const { key } = batch;
  const left = rest.filter((number) => !readEnd(jobs, key, number) && !readClaim(jobs, key, number));
  await Promise.all(following);
  if (told.name() === 'SIGTERM' && (open || left.some((number) => !stopAsked(jobs, key, number)))) {
    // Kubernetes starts it again by its exit code.
    if (batch.again_code !== undefined) return batch.again_code;
    const { queueAgain } = await import('../slurm/queue-again.ts');
    if (await queueAgain(batch, say)) return 0;
  }
  if (open) writeEnd(jobs, key, task, open);
  for (const number of left) writeEnd(jobs, key, number, { unbegun: true });
  return code;
}
