import { basename, dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../base/errors.ts';
import { plural } from '../base/format.ts';
import { liveness, markProcess, type ProcessMark } from '../base/process.ts';
import { endJobs, endOverdue } from '../orchestrator/index.ts';
import {
  findTarget,
  hasOpenJob,
  holderOfRun,
  type LockHolder,
  lockHolder,
  type RunSummary,
  requestStop,
  runStatus,
  scanRun,
  scanRuns,
} from '../record/index.ts';
import { runIdOf } from './run-id.ts';

export interface StopOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** End it at once, without a checkpoint. */
  kill?: boolean;
  /** One line for people: what is waited for. */
  note?: (line: string) => void;
}

/** What was stopped. */
export interface Stopped {
  /** Runs that were running. */
  runs: string[];
  /** By what they were ended. */
  how: 'nothing-runs' | 'orchestrator' | 'request' | 'trainer' | 'jobs';
  /** The same for people. */
  text: string;
}

/**
 *   sweep, or a run with an orchestrator of its own ─▶ its orchestrator: SIGTERM, a second one with `kill`
 *   a run of a sweep                                ─▶ a request in its folder, which its orchestrator reads
 *   a run whose orchestrator is gone                ─▶ its trainer: SIGTERM, or SIGKILL with `kill`
 *
 * Waits until what was asked to end has ended. Throws FacecomError `stop-elsewhere` and `stop-unknown`.
 */
export async function stop(
  text: string,
  { runs = 'runs', kill = false, note = () => {} }: StopOptions = {},
): Promise<Stopped & { name: string; dir: string }> {
  const { kind, dir } = findTarget(runs, text);
  const stopped = kind === 'run' ? await stopRun(dir, kill, note) : await stopRuns(dir, kill, note);
  return { name: kind === 'run' ? runIdOf(dir) : basename(dir), dir, ...stopped };
}

async function stopRuns(dir: string, kill: boolean, say: (line: string) => void): Promise<Stopped> {
  const holder = lockHolder(dir);
  const running = [...scanRuns(dir, { state: true })].filter(isRunning);
  const runs = running.map((run) => basename(run.dir));
  if (holder) {
    await endOrchestrator(dir, holder, kill, say);
    const finished = running.filter((run) => runStatus(run.dir) === 'finished').length;
    const ended = `${plural(runs.length - finished, 'run')} ${kill ? 'killed' : 'saved and ended'}`;
    const besides = finished > 0 ? `, ${finished} finished` : '';
    const text = `Stopped ${basename(dir)}: ${ended}${besides}. Resume with: facecom resume ${basename(dir)}`;
    return { runs, how: 'orchestrator', text };
  }
  // Jobs of a cluster outlive the command that submitted them.
  const jobs = await endJobs(dir, { runsIn: dir, how: kill ? 'kill' : 'save', note: say });
  if (jobs.length > 0) {
    const began = jobs.filter(({ began }) => began).length;
    const text = `Stopped ${basename(dir)}: ${plural(jobs.length, 'job')} ended, ${began} of which had begun. Resume with: facecom resume ${basename(dir)}`;
    return { runs: jobs.map(({ run }) => run), how: 'jobs', text };
  }
  const overdue = await endOverdue(dir, say);
  const done: Stopped[] = [];
  for (const run of running) done.push(await stopRun(run.dir, kill, say));
  const ended = done.filter(({ how }) => how !== 'nothing-runs');
  if (ended.length === 0) return nothing(basename(dir), overdue);
  return { runs, how: ended[0]!.how, text: ended.map(({ text }) => text).join('\n') };
}

async function stopRun(dir: string, kill: boolean, say: (line: string) => void): Promise<Stopped> {
  const id = runIdOf(dir);
  const run = scanRun(dir, { state: true });
  // It may have finished before it heard of it.
  const saved = () =>
    runStatus(dir) === 'finished'
      ? `${id} has finished: nothing was left to be stopped.`
      : `${kill ? 'Killed' : 'Stopped'} ${id}. Resume with: facecom resume ${id}`;
  const hasOrchestrator = run?.orchestrator && liveness(run.orchestrator) !== 'ended';
  if (!hasOrchestrator && holderOfRun(dir) === undefined && hasOpenJob(dir)) {
    const name = basename(dir);
    const options = {
      runsIn: dirname(resolve(dir)),
      run: name,
      how: kill ? 'kill' : 'save',
      note: say,
    } as const;
    for (const folder of [dir, dirname(dir)]) await endJobs(folder, options);
    return { runs: [name], how: 'jobs', text: saved() };
  }
  if (!run || !isRunning(run)) return nothing(id, await endOverdue(dir, say));
  const { orchestrator, trainer } = run;
  if (orchestrator && liveness(orchestrator) !== 'ended') {
    const runs = [basename(dir)];
    if (lockHolder(dirname(dir))?.pid !== orchestrator.pid) {
      await endOrchestrator(id, lockHolder(dir) ?? orchestrator, kill, say);
      return { runs, how: 'orchestrator', text: saved() };
    }
    requestStop(dir, { kill });
    say(`Asked the process ${orchestrator.pid}, which runs it, to ${kill ? 'kill' : 'stop'} ${id}.`);
    await until(() => !['running', 'retrying'].includes(runStatus(dir)), say);
    return { runs, how: 'request', text: saved() };
  }
  if (!trainer || liveness(trainer) === 'ended') return nothing(id);
  await endTrainer(id, trainer, kill, say);
  return { runs: [basename(dir)], how: 'trainer', text: saved() };
}

const isRunning = ({ status }: RunSummary): boolean => status === 'running' || status === 'retrying';

/** `overdue`: jobs that were cancelled though their runs have long ended. */
const nothing = (name: string, overdue = 0): Stopped => ({
  runs: [],
  how: overdue > 0 ? 'jobs' : 'nothing-runs',
  text: overdue > 0 ? `Nothing of ${name} runs any more.` : `Nothing of ${name} runs; nothing was stopped.`,
});

const AGAIN = 300; // ms between the two signals of --kill
const PATIENCE = 10_000; // ms that an orchestrator has to end what it was told to kill

async function endOrchestrator(
  what: string,
  holder: ProcessMark & Pick<LockHolder, 'guard'>,
  kill: boolean,
  say: (line: string) => void,
): Promise<void> {
  send(holder, 'SIGTERM', what);
  say(`Asked the process ${holder.pid}, which runs it, to ${kill ? 'kill' : 'save and end'} what it runs.`);
  if (kill) {
    await sleep(AGAIN);
    if (liveness(holder) === 'alive') send(holder, 'SIGTERM', what);
    if (await until(() => liveness(holder) !== 'alive', say, PATIENCE)) return;
    say(`The process ${holder.pid} did not end: it is killed.`);
    send(holder, 'SIGKILL', what);
  }
  await until(
    () => liveness(holder) !== 'alive' && (!holder.guard || liveness(holder.guard) !== 'alive'),
    say,
  );
}

async function endTrainer(id: string, trainer: ProcessMark, kill: boolean, say: (line: string) => void) {
  // A trainer leads a process group: what it started is killed with it.
  send(trainer, kill ? 'SIGKILL' : 'SIGTERM', id, kill);
  say(
    `Its orchestrator is gone: ${kill ? 'killed' : 'asked'} its trainer, process ${trainer.pid}${kill ? '' : ', to save and end'}.`,
  );
  await until(() => liveness(trainer) !== 'alive', say);
}

/** Only to the very process that the record names: its number may be another's by now. */
function send(mark: ProcessMark, signal: NodeJS.Signals, what: string, group = false): void {
  const state = liveness(mark);
  if (state === 'ended') return;
  if (state === 'unknown') throw unreachable(mark, what);
  try {
    process.kill(group ? -mark.pid : mark.pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return;
    throw new FacecomError('stop-not-permitted', `The process ${mark.pid} may not be stopped by this user.`, {
      found: (error as Error).message,
      expected: 'the user who started it',
      remedy: 'Stop it as that user.',
      exitCode: 2,
      cause: error,
    });
  }
}

function unreachable(mark: ProcessMark, what: string): FacecomError {
  const here = markProcess().host;
  if (mark.host !== undefined && mark.host !== here)
    return new FacecomError('stop-elsewhere', `${what} is run by a process of another machine.`, {
      found: `process ${mark.pid} on ${mark.host}; this is ${here}`,
      expected: 'a process of this machine',
      remedy: `Run the same command on ${mark.host}.`,
      exitCode: 2,
    });
  return new FacecomError(
    'stop-unknown',
    `It cannot be told whether the process ${mark.pid} is the one that runs ${what}.`,
    {
      found: 'a record that does not say when the process was started, or a system that does not tell',
      expected: 'a process that is known for certain',
      remedy: `Look at it with ps -p ${mark.pid}, and end it with kill ${mark.pid} if it is.`,
      exitCode: 2,
    },
  );
}

/** Polls; gives false if `patience` (ms) ran out first. Ctrl-C ends the waiting only. */
async function until(
  done: () => boolean,
  say: (line: string) => void,
  patience = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const begun = performance.now();
  let said = begun;
  while (!done()) {
    const now = performance.now();
    if (now - begun > patience) return false;
    if (now - said > 10_000) {
      said = now;
      say(`Still waiting (${Math.round((now - begun) / 1000)} s); Ctrl-C ends the waiting only.`);
    }
    await sleep(50);
  }
  return true;
}
