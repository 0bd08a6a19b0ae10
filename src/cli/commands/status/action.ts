import { setTimeout as sleep } from 'node:timers/promises';
import { findTarget } from '../../../record/index.ts';
import type { StatusOptions } from './command.ts';
import { experimentsStatus } from './experiments.ts';
import { statusOfRun } from './run.ts';
import { runsStatus } from './runs.ts';

/** What is shown of one look at the record. */
export interface Status {
  /** For programs: one a line, the summary last. */
  documents: object[];
  /** For people. `rows`: how many lines there are for a table. */
  text(size: { width: number; rows: number }): string;
  /** Whether anything may still change by itself. */
  active: boolean;
}

const INTERVAL = 1000; // ms

/** Prints the state of runs, once or until nothing runs. Gives the exit code. */
export async function status(target: string | undefined, options: StatusOptions): Promise<number> {
  const look = looker(target, options.runs);
  let now = look();
  if (!options.watch) {
    print(now, options);
    return 0;
  }
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const draw = await drawer(options);
  for (;;) {
    draw.show(now);
    if (!now.active || stop.signal.aborted) break;
    await sleep(INTERVAL, undefined, { signal: stop.signal }).catch(() => {});
    if (stop.signal.aborted) break;
    now = look();
  }
  draw.done();
  return stop.signal.aborted ? 130 : 0;
}

/** Finds what was asked for once, and looks at it again and again. */
function looker(text: string | undefined, runs: string): () => Status {
  if (text === undefined) return () => experimentsStatus(runs);
  const { kind, dir } = findTarget(runs, text);
  if (kind === 'run') return () => statusOfRun(dir);
  const known = new Map();
  return () => runsStatus(dir, known);
}

function print(now: Status, { json, all }: StatusOptions): void {
  process.stdout.write(json ? lines(now) : `${now.text(size(all))}\n`);
}

const lines = ({ documents }: Status): string =>
  documents.map((document) => `${JSON.stringify(document, encode)}\n`).join('');

async function drawer(options: StatusOptions): Promise<{ show(now: Status): void; done(): void }> {
  if (!options.json && process.stdout.isTTY) {
    const { createLogUpdate } = await import('log-update');
    const update = createLogUpdate(process.stdout);
    return { show: (now) => update(now.text(size(options.all))), done: () => update.done() };
  }
  // What has not changed is not printed again.
  let before = '';
  const show = (now: Status) => {
    const text = options.json ? lines(now) : `${now.text(size(options.all))}\n`;
    const [compared] = [withoutClock(now)];
    if (compared !== before) process.stdout.write(text);
    before = compared;
  };
  return { show, done: () => {} };
}

/** The seconds of what runs change by themselves. */
function withoutClock({ documents }: Status): string {
  return JSON.stringify(documents, (key, value) => (key === 'seconds' ? undefined : encode(key, value)));
}

function size(all = false): { width: number; rows: number } {
  const { isTTY, columns = 80, rows = 24 } = process.stdout;
  const unlimited = Number.POSITIVE_INFINITY;
  return { width: isTTY ? columns - 1 : unlimited, rows: isTTY && !all ? Math.max(5, rows - 6) : unlimited };
}

function encode(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
