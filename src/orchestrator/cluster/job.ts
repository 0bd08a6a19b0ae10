import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onSignals } from '../../base/interrupt.ts';
import { endOf as sizeOf } from '../../base/lines.ts';
import { tryLock } from '../../base/lock.ts';
import { markProcess } from '../../base/process.ts';
import {
  type Batch,
  type Claim,
  claimTask,
  eventsFile,
  isTaskOver,
  readBatch,
  readEnd,
  readEvents,
  renewClaim,
  startRecorded,
  stopAsked,
  type TaskEnd,
  trainerLock,
  writeEnd,
} from '../../record/index.ts';
import { Guard } from '../guard.ts';
import type { Exit, Handle } from '../launchers/launcher.ts';
import { LocalLauncher } from '../launchers/local.ts';
import { limitLog } from '../log-limit.ts';
import { sampleMachine } from '../sample-machine.ts';
import { queueAgain } from './slurm/queue-again.ts';

export interface JobOptions {
  /** The batch's file. */
  file: string;
  /** Number of the task. */
  task: number;
  /** The job as its engine names it. */
  job: string;
  /** Follows the run while it is trained, if its job is to send it somewhere; the result ends that. */
  follow?: (runDir: string, runs: string) => Promise<() => Promise<void>>;
  say?: (line: string) => unknown;
  /** Milliseconds. */
  patience?: number;
  interval?: number;
}

const tell = (line: string): unknown => process.stderr.write(`facecom: ${line}\n`);

/** What a job exits with besides its trainer's own codes: see slurm/states.ts. */
const CANNOT_WRITE = 73;
const NOT_FOUND = 75;

/**
 *   batch ─▶ claim, made by one job alone ─▶ nobody trains this run ─▶ trainer ─▶ end of the task, for the orchestrator
 *              └ taken: exit 0                     told to end by the engine or the orchestrator: it saves
 *
 * What runs on a cluster's node: one task of a batch. Returns the exit code.
 */
export async function runJob(options: JobOptions): Promise<number> {
  const { file, task, job, say = tell } = options;
  const interval = options.interval ?? 1000;
  const jobs = dirname(file);
  const batch = await waitForBatch(options);
  if (batch === 'over') return nothingLeft(options);
  const name = batch?.runs[task];
  if (!batch || name === undefined) {
    say(`there is no task ${task} in ${file}: its runs have ended, or this folder is not shared.`);
    return NOT_FOUND;
  }
  const told = watchSignals();
  try {
    const runDir = resolve(jobs, batch.folder, name);
    const restart = Number(process.env.SLURM_RESTART_COUNT ?? 0);
    const claim: Claim = { job, restart, host: markProcess().host ?? '', time: Date.now() };
    const other = claimTask(jobs, batch.key, task, claim);
    if (other && other.job !== job) {
      say(`the job ${other.job} on ${other.host} has task ${task} of ${batch.key}: nothing is left to do.`);
      return 0;
    }
    // A controller that lost its last moments starts what has ended again.
    if (readEnd(jobs, batch.key, task) || isOver(file, task)) return nothingLeft(options);
    // The engine starts a job of its own again after a node was lost, or as this one asked it to.
    if (other) renewClaim(jobs, batch.key, task, claim);
    const context: Context = { ...options, batch, runDir, jobs, say, interval, told };
    const release = await takeRun(context);
    if (!release) {
      writeEnd(jobs, batch.key, task, { code: 0, told: told.name() ?? 'stop' });
      return 0;
    }
    // A trainer whose job its controller had lost sight of may have finished meanwhile.
    if (hasFinished(runDir)) {
      writeEnd(jobs, batch.key, task, endOf({ code: 0 }, undefined, runDir));
      release();
      return nothingLeft(options);
    }
    return await train(context, release);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    say(`the record cannot be written here: ${message}`);
    return CANNOT_WRITE;
  } finally {
    told.release();
  }
}

interface Context extends JobOptions {
  batch: Batch;
  runDir: string;
  jobs: string;
  say: (line: string) => unknown;
  interval: number;
  told: ReturnType<typeof watchSignals>;
}

/** A file that was just written on another machine may take its time to be seen here. `over`: it was removed, for the task has ended. */
async function waitForBatch({
  file,
  task,
  patience = 60_000,
}: JobOptions): Promise<Batch | 'over' | undefined> {
  for (const until = performance.now() + patience; ; await sleep(250)) {
    const batch = readBatch(file);
    // Nor need its run's folder be seen at once.
    const name = batch?.runs[task];
    if (name !== undefined && existsSync(resolve(dirname(file), batch!.folder, name))) return batch;
    if (isOver(file, task)) return 'over';
    if (performance.now() >= until) return undefined;
  }
}

/** By the journal of whoever submitted it. */
const isOver = (file: string, task: number): boolean =>
  isTaskOver(dirname(dirname(file)), basename(file, '.json'), task);

function nothingLeft({ task, file, say = tell }: JobOptions): number {
  say(`task ${task} of ${basename(file, '.json')} has ended already: nothing is left to do.`);
  return 0;
}

function watchSignals() {
  let first: NodeJS.Signals | undefined;
  const handlers = new Set<() => void>();
  const { release } = onSignals((name) => {
    first ??= name;
    for (const handler of handlers) handler();
  });
  return {
    name: () => first,
    on: (handler: () => void) => {
      handlers.add(handler);
      if (first) handler();
    },
    release,
  };
}

/** Waits until no other job, or one that gives no sign of life any more, trains this run. Undefined if this one is to end before. */
async function takeRun({ batch, task, runDir, jobs, job, interval, told, say }: Context) {
  let said = false;
  while (!told.name() && !stopAsked(jobs, batch.key, task)) {
    const lock = await tryLock(trainerLock(runDir), { details: { key: `${batch.key}.${task}`, job } });
    if ('release' in lock) return once(lock.release);
    if (!said) say(`process ${lock.holder.pid} on ${lock.holder.host} trains this run: waiting for its end.`);
    said = true;
    await sleep(interval);
  }
  return undefined;
}

function once(release: () => void): () => void {
  let open = true;
  return () => {
    if (open) release();
    open = false;
  };
}

async function train(context: Context, release: () => void): Promise<number> {
  const { batch, task, runDir, jobs, told, say } = context;
  const guard = new Guard(batch.grace);
  try {
    const unfollow = batch.track === undefined ? undefined : await context.follow?.(runDir, batch.track);
    const env = Object.fromEntries(
      Object.entries(batch.env).map(([key, value]) => [key, value ?? undefined]),
    );
    const handle = new LocalLauncher(guard).start({ runDir, command: batch.command, cwd: batch.cwd, env });
    // Its secret is this job's affair: on the orchestrator's machine nobody is to take the trainer for one that was left behind.
    startRecorded(runDir);
    const free = limitLog(runDir);
    const sampling = sampleMachine(runDir, handle.pid);
    const asked = endOnRequest(handle, context);
    const exit = await handle.exited;
    asked.release();
    free();
    sampling.release();
    await handle.leftovers?.clear({ grace: batch.grace });
    handle.kill();
    await unfollow?.();
    const toldBy = asked.request() ? 'stop' : told.name();
    if (exit.code === 0 && toldBy === 'SIGTERM' && !hasFinished(runDir)) {
      // Freed first: the job may start again at once.
      release();
      if (await queueAgain(batch, say)) return 0;
    }
    writeEnd(jobs, batch.key, task, endOf(exit, toldBy, runDir));
    return exit.code ?? 1;
  } finally {
    guard.close();
    release();
  }
}

/** By a signal of the engine or a request of the orchestrator; killed after the grace. */
function endOnRequest(handle: Handle, { batch, task, jobs, interval, told }: Context) {
  const timers: NodeJS.Timeout[] = [];
  let ending = false;
  let request: 'save' | 'kill' | undefined;
  const end = () => {
    if (ending) return;
    ending = true;
    handle.stop();
    timers.push(setTimeout(() => handle.kill(), batch.grace * 1000));
  };
  told.on(end);
  const look = () => {
    request = stopAsked(jobs, batch.key, task) ?? request;
    if (request) end();
    if (request === 'kill') handle.kill();
  };
  look();
  timers.push(setInterval(look, interval));
  return {
    request: () => request,
    release: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

const hasFinished = (runDir: string): boolean => readEvents(runDir).some(({ type }) => type === 'finished');

const endOf = (exit: Exit, told: string | undefined, runDir: string): TaskEnd => ({
  events: sizeOf(eventsFile(runDir)),
  ...(exit.code === undefined ? {} : { code: exit.code }),
  ...(exit.signal === undefined ? {} : { signal: exit.signal }),
  ...(exit.error === undefined ? {} : { error: exit.error }),
  ...(told === undefined ? {} : { told }),
});
