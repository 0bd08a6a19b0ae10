import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../base/errors.ts';
import { withLock } from '../base/lock.ts';
import type { Session } from './mlflow/session.ts';
import type { Closed, CloseOptions, Tracker } from './tracker.ts';

/** What sends one folder's record. */
export interface Sender {
  /** Sends what is new; with `last` everything. */
  pass(options: { last: boolean }): Promise<void>;
  /** The page, once the run is there. */
  url(): string | undefined;
}

export interface FollowOptions {
  dir: string;
  /** Returns the server once it answers. */
  session: (signal: AbortSignal) => Promise<Session>;
  make: (session: Session, signal: AbortSignal) => Promise<Sender>;
  /** Says something, each thing once. */
  note: (line: string) => void;
  /** What must not be waited for at the end: a reason, else undefined. */
  slow: () => string | undefined;
  /** What is waited for, so that it can be said. */
  waiting: () => string | undefined;
  /** Seconds that a server that has not answered yet may still take; undefined of one that has. */
  patience: () => number | undefined;
}

const EVERY = 2000; // milliseconds between two passes
const LONGEST = 60_000; // between two tries where the server does not answer
const SILENT = 2000; // milliseconds at the end for which nothing is said

/** Sends a folder's record in the background until it is closed. */
export class Follower implements Tracker {
  url: string | undefined;
  private readonly options: FollowOptions;
  private readonly abort = new AbortController();
  private readonly done: Promise<void>;
  private wake = new AbortController();
  private closing = false;
  private sent = false;
  /** Nothing more is tried. */
  private gaveUp = false;
  private reason: string | undefined;
  /** When waiting ends, milliseconds since 1970. */
  private end = Number.POSITIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private result: Promise<Closed> | undefined;

  constructor(options: FollowOptions) {
    this.options = options;
    this.done = this.follow().catch((error) => this.giveUp(error));
  }

  /** Asked again, it waits no longer than the shorter time. */
  close({ timeout = 20, signal }: CloseOptions = {}): Promise<Closed> {
    this.waitAtMost(timeout);
    this.result ??= this.finish(timeout, signal);
    return this.result;
  }

  private waitAtMost(seconds: number): void {
    const end = Date.now() + seconds * 1000;
    if (end >= this.end) return;
    this.end = end;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.abort.abort(), seconds * 1000);
  }

  private async finish(timeout: number, signal: AbortSignal | undefined): Promise<Closed> {
    this.closing = true;
    this.wake.abort();
    const slow = this.options.slow();
    if (slow !== undefined && !this.gaveUp) {
      this.reason = slow;
      this.abort.abort();
    }
    const waiting = this.options.waiting();
    if (waiting !== undefined && !this.abort.signal.aborted && !signal?.aborted) {
      this.reason = `MLflow's local server did not answer within ${timeout} seconds`;
      this.options.note(`MLflow: waiting at most ${timeout} seconds for ${waiting}.`);
    }
    const patience = this.options.patience();
    if (patience !== undefined && patience < timeout) {
      this.reason ??= 'the server has not answered';
      this.waitAtMost(patience);
    }
    const left = Math.round(Math.max(0, this.end - Date.now()) / 1000);
    const say = setTimeout(
      () => this.options.note(`MLflow: waiting at most ${left} seconds for the rest to be sent.`),
      waiting === undefined ? SILENT : timeout * 1000,
    );
    const stop = () => this.abort.abort();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    await this.done;
    clearTimeout(say);
    clearTimeout(this.timer);
    signal?.removeEventListener('abort', stop);
    const url = this.url === undefined ? {} : { url: this.url };
    if (this.sent) return { sent: true, ...url };
    const reason = this.reason ?? `it took longer than ${timeout} seconds`;
    if (!this.gaveUp)
      this.options.note(`MLflow: not everything was sent: ${reason}. \`facecom sync\` sends the rest.`);
    return { sent: false, ...url, reason };
  }

  private follow(): Promise<void> {
    const { signal } = this.abort;
    return withLock(join(this.options.dir, '.mlflow.lock'), { signal }, () => this.loop(signal));
  }

  private async loop(signal: AbortSignal): Promise<void> {
    let sender: Sender | undefined;
    for (let failures = 0; !signal.aborted; ) {
      const last = this.closing;
      try {
        sender ??= await this.options.make(await this.options.session(signal), signal);
        await sender.pass({ last });
        this.url = sender.url();
        this.reason = undefined;
        failures = 0;
        if (last) {
          this.sent = true;
          return;
        }
      } catch (error) {
        if (signal.aborted) return;
        // A server that has answered as MLflow does is one, whatever stands before it for a while.
        if (!mayPass(error) && !(sender && (error as FacecomError).code === 'mlflow-answer')) throw error;
        this.reason = sentence(error);
        this.options.note(
          `${aboutMlflow(this.reason)}. Training continues, and all is recorded: \`facecom sync\` sends it later.`,
        );
        // The local server may come back at another port.
        sender = undefined;
        failures++;
      }
      if (this.closing && failures === 0) continue;
      await this.pause(Math.min(LONGEST, EVERY * 2 ** Math.max(0, failures - 1)));
    }
  }

  /** Until the time is over, or the end has come. */
  private async pause(milliseconds: number): Promise<void> {
    if (this.closing) this.wake = new AbortController();
    const signal = AbortSignal.any([this.wake.signal, this.abort.signal]);
    await sleep(this.closing ? Math.min(milliseconds, 1000) : milliseconds, undefined, {
      signal,
      ref: this.closing,
    }).catch(() => {});
  }

  private giveUp(error: unknown): void {
    if (this.abort.signal.aborted) return;
    this.gaveUp = true;
    this.reason = sentence(error);
    const remedy = error instanceof FacecomError && error.remedy ? ` ${error.remedy}` : '';
    this.options.note(`${aboutMlflow(this.reason)}.${remedy} Training continues, and all is recorded.`);
  }
}

/** A note begins with what it is of, once. */
const aboutMlflow = (reason: string): string => (reason.startsWith('MLflow') ? reason : `MLflow: ${reason}`);

/** A server that does not answer now may do so later; a refusal stays one. */
export const mayPass = (error: unknown): boolean =>
  error instanceof FacecomError && error.code === 'mlflow-unreachable';

/** What went wrong as one sentence without its full stop. */
export function sentence(error: unknown): string {
  if (!(error instanceof FacecomError)) return (error as Error).message ?? String(error);
  const found = error.found && !error.message.includes(error.found) ? ` (${error.found})` : '';
  return `${error.message.replace(/\.$/, '')}${found}`;
}
