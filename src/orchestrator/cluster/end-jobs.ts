import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { plural } from '../../base/format.ts';
import {
  askToStop,
  JobsWriter,
  jobOfTask,
  jobsFolder,
  listTasks,
  type OpenBatch,
  openBatches,
  readBatches,
  readClaim,
  readEvents,
  readState,
  removeBatch,
  tasksOfJob,
  trainerHolder,
  withdrawTask,
} from '../../record/index.ts';
import { recordState } from '../record-state.ts';
import { type JobState, nameOf } from './engine.ts';
import { engineNamed } from './open.ts';
import { Overdue, overdueText } from './overdue.ts';

export interface EndJobsOptions {
  /** Folder that the run folders are in. */
  runsIn: string;
  how: 'save' | 'kill';
  /** Jobs of this launcher are left. */
  except?: string;
  /** Only this run's job. */
  run?: string;
  note: (line: string) => void;
  /** Milliseconds between two looks. */
  interval?: number;
}

/** A run whose job was ended. */
export interface Ended {
  run: string;
  began: boolean;
}

/**
 * Ends the jobs that commands which are gone have submitted, and writes down what became of their runs. The folder's lock is held, or
 * nobody holds it. Waits until they have ended.
 */
export async function endJobs(folder: string, options: EndJobsOptions): Promise<Ended[]> {
  const { except, run } = options;
  const batches = openBatches(folder).filter(
    ({ launcher, runs }) => launcher !== except && (run === undefined || runs.includes(run)),
  );
  if (batches.length === 0) return [];
  const writer = new JobsWriter(folder);
  try {
    const ended = [];
    for (const batch of batches) ended.push(...(await endBatch(folder, batch, writer, options)));
    return ended;
  } finally {
    writer.close();
  }
}

async function endBatch(
  folder: string,
  batch: OpenBatch,
  writer: JobsWriter,
  { runsIn, how, run, note, interval = 500 }: EndJobsOptions,
): Promise<Ended[]> {
  const { key, runs, ended } = batch;
  const jobs = jobsFolder(folder);
  const left = new Set(
    runs.flatMap((name, task) => (ended.has(task) || (run && name !== run) ? [] : [task])),
  );
  const done: Ended[] = [];
  for (const task of left) askToStop(jobs, key, task, how);
  // Those whose turn has not come will not have it.
  const withdrawn = new Set([...left].filter((task) => withdrawTask(jobs, key, task)));
  const engine = await engineNamed(batch.launcher, batch.address);
  const ids = engine ? await ask(() => engine.find(key, batch.time), note) : [];
  const id = ids[0];
  const references = (numbers: Iterable<number>) => [
    { key, id: batch.id ?? id, jobs: [...new Set([...numbers].map((task) => jobOfTask(batch, task)))] },
  ];
  // A job that has others to do goes on with them: it sees the request in the folder.
  const whole = [...left].filter((task) =>
    tasksOfJob(batch, jobOfTask(batch, task)).every((other) => ended.has(other) || left.has(other)),
  );
  if (engine && (batch.id ?? id) !== undefined && whole.length > 0)
    await ask(() => engine.cancel(references(whole), how), note);
  note(
    `Asked ${plural(left.size, 'trial')} of ${batch.launcher} to ${how === 'kill' ? 'end' : 'save and end'}.`,
  );
  while (left.size > 0) {
    const listed = listTasks(jobs);
    const states = engine
      ? await ask(() => engine.poll(references(left)), note)
      : new Map<string, JobState>();
    for (const task of left) {
      const name = nameOf(key, task);
      const runDir = join(runsIn, runs[task]!);
      const { phase = 'ended' } = states.get(nameOf(key, jobOfTask(batch, task))) ?? {};
      const isOver =
        withdrawn.has(task) || listed.get(name)?.has('end') || (phase === 'ended' && !trainerHolder(runDir));
      if (!isOver) continue;
      const began = Boolean(readClaim(jobs, key, task)?.job);
      writeDown(runDir);
      writer.write({ type: 'ended', time: Date.now(), key, task }, { sync: !began });
      left.delete(task);
      ended.add(task);
      done.push({ run: runs[task]!, began });
    }
    if (left.size > 0) await sleep(interval);
  }
  if (ended.size >= runs.length) removeBatch(folder, key);
  return done;
}

/** Cancels jobs of a folder that have ended by the record, and that their engine takes for running even so. Returns how many there were. */
export async function endOverdue(folder: string, note: (line: string) => void): Promise<number> {
  const launchers = new Set([...readBatches(folder).values()].map(({ launcher }) => launcher));
  let all = 0;
  for (const name of launchers) {
    const engine = await engineNamed(name);
    const ended = engine ? await new Overdue(engine, 0).end(resolve(folder)) : 0;
    if (ended > 0) note(overdueText(name, ended));
    all += ended;
  }
  return all;
}

/** Asks until there is an answer: a scheduler that is down is no reason to take its jobs for ended. */
async function ask<T>(question: () => Promise<T>, note: (line: string) => void): Promise<T> {
  for (let round = 0; ; round++) {
    try {
      return await question();
    } catch (error) {
      if (round === 0) note((error as Error).message);
      await sleep(Math.min(30_000, 1000 * 2 ** round));
    }
  }
}

function writeDown(runDir: string): void {
  if (readState(runDir).at(-1)?.state !== 'started') return;
  if (readEvents(runDir).some(({ type }) => type === 'finished')) recordState(runDir, { state: 'finished' });
  else recordState(runDir, { state: 'stopped', message: 'Its job was ended.' });
}
