import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../base/errors.ts';
import { isAbsent } from '../base/files.ts';
import { systemError } from '../base/system-errors.ts';
import { type Event, isRunFolder } from '../record/index.ts';
import type { Board, TrialRow } from './board.ts';
import { CircuitBreaker } from './breaker.ts';
import type { Failure } from './classify.ts';
import { type Attempt, attempt, type Retry } from './execute.ts';
import type { Handle, Job, Launcher } from './launchers/launcher.ts';
import { Pause } from './pause.ts';
import type { Work } from './plan.ts';
import { type Source, WorkQueue } from './queue.ts';
import { type Slot, threadsOf } from './slots.ts';
import type { Pruning } from './supervise.ts';

/** A slot with what starts its trainers. */
export interface Place {
  slot: Slot;
  launcher: Launcher & { warm?: () => void };
}

/** Told what happens, in order. */
export interface SweepObserver {
  started(row: TrialRow, details: { attempt: 'new' | 'continued' }): void;
  event(row: TrialRow, event: Event): void;
  retry(row: TrialRow, failure: Failure, retry: Retry): void;
  /** It finished, failed for good or was stopped. */
  ended(row: TrialRow): void;
  /** The machine is at fault; undefined: the sweep continues. */
  paused(reason: string | undefined): void;
  note(line: string): void;
}

export interface SweepOptions {
  board: Board;
  work: readonly Work[];
  places: readonly Place[];
  /** The sweep's folder. */
  folder: string;
  /** Makes the folder of a new run, or prepares the one that continues. Returns it. */
  openRun: (work: Work) => string;
  /** Program, arguments and the rest of a run's job. */
  jobOf: (work: Work, slot: Slot, runDir: string) => Job;
  /** Trials running with the same failure that stop the sweep; 0: never. */
  breaker: number;
  /** Returns more work as there is room for it, and why it ends before its budget. */
  source?: Source<Work> & { readonly halted?: string };
  /** Whether a trial is to be stopped early, by what it has just reported. */
  judge?: (row: TrialRow, event: Event) => Pruning | undefined;
  /** Told after a start of a trial has ended, with the seconds that it took; before the next work is asked for. */
  ended?: (row: TrialRow, seconds: number, slot: Slot) => void;
  stop: AbortSignal;
  kill: AbortSignal;
  observer: SweepObserver;
  /** Waits until a trial has the memory that it needs; if nothing is asked for, undefined. */
  memory?: (signal: AbortSignal) => Promise<boolean>;
  /** Whether the devices of a slot are still there: what is known, or (`fresh`) asked now. */
  devicesThere?: (slot: Slot, fresh: boolean) => Promise<boolean>;
}

export interface SweepOutcome {
  /** Why no further trials were started, if not all were. */
  halted?: string;
  interrupted: boolean;
}

/** Milliseconds between two looks for a device that is gone, and for how long it is looked for. */
const GONE = { interval: 10_000, longest: 30 * 60_000 };

/** Infrastructure failures of the orchestrator itself, such as a full disk, that one trial survives. */
const PATIENCE = 20;

/**
 *   queue ─▶ a worker a slot: memory? paused? ─▶ run folder ─▶ trainer ─▶ finished, failed, stopped ─▶ next
 *     ▲                                                          │ to be started again
 *     └────────────── after its delay; the slot continues ◀────────┘
 *
 * Runs the trials of a sweep on its slots until none is left, the circuit breaker opens or it is stopped.
 */
export async function runSweep(options: SweepOptions): Promise<SweepOutcome> {
  const run = new SweepRun(options);
  await run.everywhere();
  return run.outcome();
}

class SweepRun {
  private readonly queue: WorkQueue<Work>;
  private readonly breaker: CircuitBreaker;
  private readonly pause: Pause;
  private readonly halt = new AbortController();
  private readonly crash = new AbortController();
  private readonly stop: AbortSignal;
  private readonly ending: AbortSignal;
  private readonly opened = new Map<Work, string>();
  private readonly troubles = new Map<Work, number>();
  private halted: string | undefined;

  constructor(private readonly options: SweepOptions) {
    this.queue = new WorkQueue(options.work, options.source);
    this.breaker = new CircuitBreaker(options.breaker);
    this.pause = new Pause({ folder: options.folder });
    this.stop = AbortSignal.any([options.stop, this.crash.signal]);
    this.ending = AbortSignal.any([this.stop, this.halt.signal]);
    // A cluster has hundreds of trials at once, each with listeners of its own.
    setMaxListeners(0, this.stop, this.ending, options.kill);
  }

  outcome(): SweepOutcome {
    const interrupted = this.options.stop.aborted;
    if (!interrupted && this.queue.size > 0) this.halted ??= 'No device is left to run trials on.';
    if (!interrupted) this.halted ??= this.options.source?.halted;
    return { ...(this.halted ? { halted: this.halted } : {}), interrupted };
  }

  /** A worker that meets an error of the program ends the others too: their trainers save. */
  async everywhere(): Promise<void> {
    const guarded = async (place: Place) => {
      try {
        await this.worker(place);
      } catch (error) {
        this.crash.abort();
        throw error;
      }
    };
    const ends = await Promise.allSettled(this.options.places.map(guarded));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async worker(place: Place): Promise<void> {
    /** When the slot's last trainer ended, ms; undefined if the slot had a reason to wait. */
    let freed: number | undefined;
    while (!this.ending.aborted) {
      if (await this.mustWait()) freed = undefined;
      if (!(await this.devicesThere(place.slot, false))) {
        freed = undefined;
        if (!(await this.untilBack(place.slot))) return;
      }
      const next = await this.queue.next(this.ending);
      if (!next) return;
      // Both may have changed while there was nothing to do.
      if (next.waited && (await this.mustWait())) freed = undefined;
      if (this.ending.aborted) return;
      if (next.waited) freed = undefined;
      freed = await this.run(next.item, place, freed);
    }
  }

  private async devicesThere(slot: Slot, fresh: boolean): Promise<boolean> {
    return (await this.options.devicesThere?.(slot, fresh)) ?? true;
  }

  /** Waits for a slot's devices while there is work. Returns whether they came back. */
  private async untilBack(slot: Slot): Promise<boolean> {
    const { note } = this.options.observer;
    const names = slot.devices.join(', ');
    note(`${names} is gone: trials continue elsewhere, and here when it is back.`);
    for (let waited = 0; waited < GONE.longest; waited += GONE.interval) {
      await sleep(GONE.interval, undefined, { signal: this.ending }).catch(() => {});
      if (this.ending.aborted || !this.queue.open) return false;
      if (!(await this.devicesThere(slot, true))) continue;
      note(`${names} is back.`);
      return true;
    }
    return false;
  }

  /** Waits for what holds the slot back. Returns whether there was something. */
  private async mustWait(): Promise<boolean> {
    const waited = await this.pause.passed();
    return ((await this.options.memory?.(this.ending)) ?? false) || waited;
  }

  /** Runs a trial once. Returns when its trainer ended. */
  private async run(work: Work, place: Place, freed: number | undefined): Promise<number> {
    const { board, observer, kill } = this.options;
    const row = board.row(work.trial.id);
    let at = performance.now();
    let begun: number | undefined;
    const prune = new AbortController();
    let result: Attempt;
    try {
      const runDir = this.open(work);
      row.runDir = runDir;
      result = await attempt({
        runDir,
        start: () =>
          this.start(work, place, runDir, (time) => {
            at = time;
          }),
        launcher: place.launcher.name,
        devices: place.slot.devices,
        threads: threadsOf(runDir, place.slot),
        idle: () => {
          begun = performance.now();
          const idle = freed === undefined ? undefined : begun - freed;
          this.begun(work, place);
          return idle;
        },
        stop: this.stop,
        kill,
        prune: prune.signal,
        onEvent: (event) => {
          board.event(row, event);
          observer.event(row, event);
          if (prune.signal.aborted) return;
          const pruning = this.options.judge?.(row, event);
          if (pruning) prune.abort(pruning);
        },
      });
    } catch (error) {
      this.trouble(work, error);
      // Whoever waits for what runs looks again: it may have been the last.
      this.queue.poke();
      return performance.now();
    }
    await this.conclude(work, row, place, result);
    this.options.ended?.(row, begun === undefined ? 0 : (performance.now() - begun) / 1000, place.slot);
    this.queue.poke();
    return at;
  }

  /** The folder of a trial's run; one that someone removed is made anew. */
  private open(work: Work): string {
    const known = this.opened.get(work);
    if (known !== undefined && isRunFolder(known)) return known;
    if (known !== undefined || (work.run && !isRunFolder(work.run.dir))) delete work.run;
    const runDir = this.options.openRun(work);
    this.opened.set(work, runDir);
    return runDir;
  }

  private start(work: Work, place: Place, runDir: string, ended: (time: number) => void): Handle {
    const handle = place.launcher.start(this.options.jobOf(work, place.slot, runDir));
    void handle.exited.then(() => ended(performance.now()));
    return handle;
  }

  /** The trainer is at work: the slot's next one, and the folder of the next trial, are made ready meanwhile. */
  private begun(work: Work, { slot, launcher }: Place): void {
    const row = this.options.board.row(work.trial.id);
    const continued = (work.run?.starts ?? 0) > 0 || row.retries > 0;
    row.status = 'running';
    row.devices = slot.devices;
    row.since = performance.now();
    this.options.board.hasBegun();
    this.options.observer.started(row, { attempt: continued ? 'continued' : 'new' });
    setImmediate(() => {
      if (this.ending.aborted || !this.queue.open) return;
      launcher.warm?.();
      for (const next of this.queue.upcoming(this.options.places.length)) {
        try {
          this.open(next);
        } catch {
          // It is tried again, and told, when its turn comes.
        }
      }
    });
  }

  /** Writes down what became of a start. */
  private async conclude(work: Work, row: TrialRow, { slot }: Place, result: Attempt): Promise<void> {
    const { board, observer } = this.options;
    const { outcome, retry } = result;
    delete row.fraction;
    delete row.stage;
    if (outcome.status === 'failed') {
      await this.failed(work, row, slot, outcome.failure, retry);
      return;
    }
    row.status = outcome.status;
    if (outcome.status === 'stopped' && outcome.by !== undefined) row.by = outcome.by;
    if (outcome.status === 'finished') {
      this.breaker.finished();
      row.seconds = outcome.seconds;
      row.metrics = outcome.metrics;
      row.value = board.valueOf(outcome.metrics);
      delete row.failure;
      this.release(work);
    }
    if (outcome.status === 'pruned') {
      this.breaker.finished();
      row.seconds = outcome.seconds;
      this.release(work);
    }
    observer.ended(row);
  }

  private async failed(
    work: Work,
    row: TrialRow,
    slot: Slot,
    failure: Failure,
    retry: Retry | undefined,
  ): Promise<void> {
    const { observer, stop } = this.options;
    row.failure = failure;
    // A device that went away is no fault of the trial.
    if (!stop.aborted && !(await this.devicesThere(slot, true))) {
      this.again(work, row, 0);
      return;
    }
    if (retry) {
      row.retries++;
      observer.retry(row, failure, retry);
      if (failure.class === 'infrastructure') this.hold(failure.message, retry.delay);
      this.again(work, row, retry.delay);
      return;
    }
    row.status = 'failed';
    this.release(work);
    observer.ended(row);
    const reason = stop.aborted ? undefined : this.breaker.failed(failure);
    if (!reason || this.halted) return;
    this.halted = reason;
    this.halt.abort();
  }

  private again(work: Work, row: TrialRow, delay: number): void {
    row.status = 'retrying';
    this.queue.again(work, delay);
  }

  /** The run folder's path need not be kept for a trial that is done. */
  private release(work: Work): void {
    this.opened.delete(work);
    this.troubles.delete(work);
  }

  /** The orchestrator could not do its part: a full disk, a folder that is gone. */
  private trouble(work: Work, thrown: unknown): void {
    const error = systemError(thrown) ?? thrown;
    const { board, observer, stop } = this.options;
    const row = board.row(work.trial.id);
    const folder = this.opened.get(work);
    // Removed by someone just now, between its making and the start of its trainer: it is rebuilt at once.
    if (isAbsent(thrown) && folder !== undefined && !isRunFolder(folder)) {
      const times = (this.troubles.get(work) ?? 0) + 1;
      this.troubles.set(work, times);
      if (times <= PATIENCE && !stop.aborted) {
        this.again(work, row, 0);
        return;
      }
    }
    if (!(error instanceof FacecomError) || error.exitCode === 130) throw error;
    if (stop.aborted) {
      row.status = 'stopped';
      observer.ended(row);
      return;
    }
    const count = (this.troubles.get(work) ?? 0) + 1;
    this.troubles.set(work, count);
    row.failure = { class: 'infrastructure', code: error.code, message: error.message };
    if (count > PATIENCE) {
      row.status = 'failed';
      observer.ended(row);
      return;
    }
    const delay = Math.min(30_000, 500 * 2 ** (count - 1));
    this.hold(error.message, delay);
    this.again(work, row, delay);
  }

  private hold(reason: string, delay: number): void {
    if (this.pause.active) return;
    this.options.observer.paused(reason);
    this.pause.begin(reason, delay, this.ending, () => this.options.observer.paused(undefined));
  }
}

/** Waits, looking every few seconds, until `there` says so. Returns whether it had to be waited for. */
export async function waitFor(there: () => boolean, signal: AbortSignal, interval = 2000): Promise<boolean> {
  if (there()) return false;
  while (!signal.aborted && !there()) await sleep(interval, undefined, { signal }).catch(() => {});
  return true;
}
