import { endOf } from '../base/lines.ts';
import { markProcess } from '../base/process.ts';
import {
  type Event,
  EventDecoder,
  eventsFile,
  followEvents,
  readEvents,
  readState,
  type StateEntry,
  startRecorded,
} from '../record/index.ts';
import { classify, type Failure, howItEnded } from './classify.ts';
import { GRACE } from './guard.ts';
import type { Exit, Handle } from './launchers/launcher.ts';
import { limitLog } from './log-limit.ts';
import { recordState } from './record-state.ts';
import { sampleMachine } from './sample-machine.ts';

export interface SuperviseOptions {
  runDir: string;
  /** Starts the trainer. */
  start: () => Handle;
  /** What is reported about the start in the record. */
  started: { launcher: string; devices: string[]; attempt: number; threads?: number };
  /** Milliseconds for which its slot stood empty before; asked when the trainer has begun. */
  idle?: () => number | undefined;
  /** Aborted: the trainer is asked to save and end. */
  stop: AbortSignal;
  /** Aborted: the trainer is killed. */
  kill: AbortSignal;
  /** Why a stopping rule had it stopped, if it is the one that did. */
  pruned?: () => Pruning | undefined;
  onEvent?: (event: Event) => void;
  /** Seconds that the trainer may run; 0: without end. */
  timeout?: number;
  /** Seconds without an event after which it is taken for lost; 0: never. */
  silence?: number;
  /** Seconds that a trainer has to save and end before it is killed. */
  grace?: number;
}

/** What a stopping rule says of a trial that it ends. */
export interface Pruning {
  epoch: number;
  message: string;
}

export type Outcome =
  | { status: 'finished'; metrics: Record<string, number>; seconds: number }
  /** `by`: a sentence, if it was not this orchestrator. */
  | { status: 'stopped'; by?: string }
  | { status: 'pruned'; seconds: number }
  | { status: 'failed'; failure: Failure };

/**
 * Runs one trainer to its end and writes `started` and what became of it into the run's state. The trainer's word is its
 * `finished` event; its exit code alone says nothing.
 */
export async function supervise(options: SuperviseOptions): Promise<Outcome> {
  const { runDir, started } = options;
  // By the place in the file: the clock may jump, or be another machine's.
  const here = endOf(eventsFile(runDir));
  const events: Event[] = [];
  const ended = new AbortController();
  let lastEvent = performance.now();
  let begun = performance.now();
  const handle = options.start();
  const from = handle.from ?? here;
  const watch = watchdog(handle, options, () => {
    // In a queue no trainer can tell anything.
    if (handle.runs?.() === false) lastEvent = performance.now();
    return performance.now() - lastEvent;
  });
  const hasBegun = (await handle.begun) !== false;
  if (!hasBegun && watch.reason()?.kind === 'stop') {
    const exit = await handle.exited;
    watch.release();
    recordState(runDir, { state: 'stopped', message: UNBEGUN, ...exitOf(exit) });
    return { status: 'stopped' };
  }
  watch.begin();
  lastEvent = performance.now();
  // What a job waited in a queue is none of the trainer's time.
  if (handle.job) begun = lastEvent;
  const idle = options.idle?.();
  try {
    if (!isKnown(runDir, handle))
      recordState(runDir, {
        state: 'started',
        ...started,
        ...(handle.job ? { job: handle.job, host: markProcess().host, orchestrator: self() } : {}),
        ...(idle === undefined ? {} : { idle: Math.round(idle * 100) / 100 }),
        ...(handle.leftovers ? { secret: handle.leftovers.secret } : {}),
        ...(handle.pid === undefined ? {} : { ...markProcess(handle.pid), orchestrator: self() }),
      });
    startRecorded(runDir);
  } catch (error) {
    // A trainer that no record knows of would be nobody's.
    handle.kill();
    await handle.exited;
    watch.release();
    await handle.leftovers?.clear({ grace: 0 });
    throw error;
  }
  const decoder = new EventDecoder(eventsFile(runDir));
  const following = (async () => {
    for await (const event of followEvents(runDir, { signal: ended.signal, from, decoder })) {
      lastEvent = performance.now();
      // How it ended is all that is asked of them: a trainer may write millions.
      if (isEnd(event)) events.push(event);
      options.onEvent?.(event);
    }
  })();
  // Told when the trainer has ended; until then nobody waits for it.
  following.catch(() => handle.stop());
  // On a cluster's node its job sees to both.
  const freeLog = handle.job ? () => {} : limitLog(runDir);
  const sampling = handle.job ? { release: () => {} } : sampleMachine(runDir, handle.pid);
  const exit = await handle.exited;
  freeLog();
  sampling.release();
  watch.release();
  // What the trainer started and left behind is ended with it.
  await handle.leftovers?.clear(options);
  handle.kill();
  ended.abort();
  await following;
  const seconds = exit.seconds ?? (performance.now() - begun) / 1000;
  const reason = watch.reason();
  const pruning = reason?.kind === 'stop' ? options.pruned?.() : undefined;
  return conclude(
    runDir,
    exit,
    { events, problems: decoder.describe() },
    seconds,
    pruning ? { kind: 'pruned', ...pruning } : reason,
  );
}

/** What is recorded of a run that was stopped before its turn. */
export const UNBEGUN = 'It was stopped before its trainer was started.';

/** An earlier command wrote this start down. */
function isKnown(runDir: string, { job }: Handle): boolean {
  const last = job && readState(runDir).at(-1);
  return last?.state === 'started' && last.job?.key === job!.key;
}

const isEnd = ({ type }: Event): boolean => type === 'finished' || type === 'failed' || type === 'stopped';

function conclude(
  runDir: string,
  exit: Exit,
  { events, problems }: { events: Event[]; problems: string | undefined },
  seconds: number,
  reason: StopReason | ({ kind: 'pruned' } & Pruning) | undefined,
): Outcome {
  const finished = lastFinished(events) ?? (exit.code === 0 ? lastFinished(readEvents(runDir)) : undefined);
  if (finished) {
    recordState(runDir, { state: 'finished', seconds, ...exitOf(exit) });
    return { status: 'finished', metrics: finished.metrics, seconds };
  }
  const failed = events.some((event) => event.type === 'failed');
  if (reason?.kind === 'pruned' && !failed) {
    const { epoch, message } = reason;
    recordState(runDir, { state: 'pruned', message, epoch, ...exitOf(exit) });
    return { status: 'pruned', seconds };
  }
  if (reason?.kind === 'stop' && !failed) {
    recordState(runDir, { state: 'stopped', message: howItEnded(exit), ...exitOf(exit) });
    return { status: 'stopped' };
  }
  if (exit.cancelled !== undefined && !failed) {
    recordState(runDir, { state: 'stopped', message: exit.cancelled });
    return { status: 'stopped', by: exit.cancelled };
  }
  const stopped =
    !failed && exit.code === 0 ? events.findLast((event) => event.type === 'stopped') : undefined;
  const failure: Failure =
    reason && reason.kind !== 'stop' && reason.kind !== 'pruned'
      ? { class: reason.kind, message: reason.message }
      : stopped && !reason
        ? { class: 'interrupted', message: stoppedBy(stopped.reason) }
        : classify(runDir, exit, events);
  if (problems !== undefined) failure.message = `${failure.message.replace(/\.$/, '')} (${problems})`;
  recordState(runDir, {
    state: 'failed',
    class: failure.class,
    message: failure.message,
    ...(failure.code === undefined ? {} : { code: failure.code }),
    ...exitOf(exit),
  });
  return { status: 'failed', failure };
}

/** A trainer that was started on a run that has finished has nothing left to say. */
const lastFinished = (events: readonly Event[]) => events.findLast((event) => event.type === 'finished');

function self(): NonNullable<StateEntry['orchestrator']> {
  const { host: _host, ...mark } = markProcess();
  return mark;
}

const exitOf = ({ code, signal }: Exit) => ({
  ...(code === undefined ? {} : { exit_code: code }),
  ...(signal === undefined ? {} : { signal }),
});

/** No signal of this orchestrator's: it had asked for nothing. */
const stoppedBy = (reason: string | undefined): string =>
  `The trainer was stopped from outside${reason ? ` (${reason})` : ''}.`;

type StopReason = { kind: 'stop' } | { kind: 'timeout' | 'lost'; message: string };

/** For a timer, which takes no more than 25 days and fires at once for more. */
const milliseconds = (seconds: number): number => Math.min(seconds * 1000, 2 ** 31 - 1);

/** Ends the trainer when it is asked to, takes too long or is silent. */
function watchdog(handle: Handle, options: SuperviseOptions, silentFor: () => number) {
  const { stop, kill, timeout = 0, silence = 0, grace = GRACE } = options;
  let reason: StopReason | undefined;
  const timers: NodeJS.Timeout[] = [];
  const end = (why: StopReason) => {
    if (reason) return;
    reason = why;
    handle.stop();
    timers.push(setTimeout(() => handle.kill(), milliseconds(grace)));
  };
  const onStop = () => end({ kind: 'stop' });
  const onKill = () => {
    reason ??= { kind: 'stop' };
    handle.kill();
  };
  stop.addEventListener('abort', onStop);
  kill.addEventListener('abort', onKill);
  if (stop.aborted) onStop();
  if (kill.aborted) onKill();
  const begin = () => {
    if (timeout > 0) {
      const late = () => end({ kind: 'timeout', message: `The trainer ran longer than ${timeout} seconds.` });
      timers.push(setTimeout(late, milliseconds(timeout)));
    }
    if (silence > 0) {
      const check = () => {
        if (silentFor() < silence * 1000) return;
        end({ kind: 'lost', message: `The trainer wrote no event for ${silence} seconds.` });
      };
      timers.push(setInterval(check, Math.min(5000, silence * 250)));
    }
  };
  return {
    /** The trainer is at work: its time begins. */
    begin,
    reason: () => reason,
    release: () => {
      for (const timer of timers) clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
      kill.removeEventListener('abort', onKill);
    },
  };
}
