import { existsSync } from 'node:fs';
import { endOf as sizeOf } from '../../../base/lines.ts';
import { markProcess } from '../../../base/process.ts';
import {
  type Batch,
  eventsFile,
  readEvents,
  startRecorded,
  stopAsked,
  type TaskEnd,
} from '../../../record/index.ts';
import type { Exit, Handle } from '../../launchers/launcher.ts';
import { LocalLauncher } from '../../launchers/local.ts';
import { limitLog } from '../../log-limit.ts';
import { sampleMachine } from '../../sample-machine.ts';
import type { JobContext } from './context.ts';

/** Runs the trainer of a task to its end. `toldBy`: a request of the orchestrator, or the engine's signal, if one had it end. */
export async function train(
  context: JobContext,
  task: number,
  runDir: string,
): Promise<{ exit: Exit; toldBy: string | undefined }> {
  const { batch, guard, told, following } = context;
  const unfollow = batch.track === undefined ? undefined : await context.follow?.(runDir, batch.track);
  const env = Object.fromEntries(Object.entries(batch.env).map(([key, value]) => [key, value ?? undefined]));
  const begun = performance.now();
  const handle = new LocalLauncher(guard).start({ runDir, command: batch.command, cwd: batch.cwd, env });
  // Its secret is this job's affair: on the orchestrator's machine nobody is to take the trainer for one that was left behind.
  startRecorded(runDir);
  const free = limitLog(runDir);
  const sampling = sampleMachine(runDir, handle.pid);
  const asked = endOnRequest(handle, context, task);
  const exit = await handle.exited;
  const seconds = Math.round(performance.now() - begun) / 1000;
  asked.release();
  free();
  sampling.release();
  await handle.leftovers?.clear({ grace: batch.grace });
  handle.kill();
  // The next trainer need not wait for what is still to be sent.
  if (unfollow) following.push(unfollow().catch((error: Error) => context.say(error.message)));
  return { exit: { ...withMachine(exit, batch), seconds }, toldBy: asked.request() ? 'stop' : told.name() };
}

/** By a signal of the engine or a request of the orchestrator; killed after the grace. */
function endOnRequest(handle: Handle, { batch, jobs, interval, told }: JobContext, task: number) {
  const timers: NodeJS.Timeout[] = [];
  let ending = false;
  let request: 'save' | 'kill' | undefined;
  const end = () => {
    if (ending) return;
    ending = true;
    handle.stop();
    timers.push(setTimeout(() => handle.kill(), batch.grace * 1000));
  };
  const forget = told.on(end);
  const look = () => {
    request = stopAsked(jobs, batch.key, task) ?? request;
    if (request) end();
    if (request === 'kill') handle.kill();
  };
  look();
  timers.push(setInterval(look, interval));
  return {
    request: () => stopAsked(jobs, batch.key, task) ?? request,
    release: () => {
      forget();
      for (const timer of timers) clearInterval(timer);
    },
  };
}

export const hasFinished = (runDir: string): boolean =>
  readEvents(runDir).some(({ type }) => type === 'finished');

/** Why it did not start, of the machine that it was to start on: Node says ENOENT of a program and of a folder alike. */
function withMachine(exit: Exit, { command, cwd }: Batch): Exit {
  const { host } = markProcess();
  if (exit.error === undefined) return exit;
  if (!exit.error.includes('ENOENT')) return { ...exit, error: `${exit.error}, on ${host}` };
  const error = existsSync(cwd)
    ? `${command[0]} was not found on ${host}; resources.launcher.setup puts it on PATH`
    : `the folder ${cwd} is not there on ${host}: is it shared?`;
  return { ...exit, error };
}

export const endOf = (exit: Exit, told: string | undefined, runDir: string): TaskEnd => ({
  events: sizeOf(eventsFile(runDir)),
  ...(exit.code === undefined ? {} : { code: exit.code }),
  ...(exit.signal === undefined ? {} : { signal: exit.signal }),
  ...(exit.error === undefined ? {} : { error: exit.error }),
  ...(exit.seconds === undefined ? {} : { seconds: exit.seconds }),
  ...(told === undefined ? {} : { told }),
});
