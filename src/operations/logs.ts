import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../base/errors.ts';
import { endOf } from '../base/lines.ts';
import { linesBackwards } from '../base/lines-backwards.ts';
import { findRun, type RunStatus, runStatus } from '../record/index.ts';
import { runIdOf } from './run-id.ts';

const INTERVAL = 200; // ms

export interface LogsOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Continue until the run has ended. */
  follow?: boolean;
  /** Only so many lines from the end. */
  tail?: number;
}

export interface LogRead {
  /** `name/trial-attempt`. */
  run: string;
  /** Path of the log. */
  log: string;
  status: RunStatus;
}

/** Passes a run's log on in pieces, to its end or until the run has ended; each is awaited. Throws `run-not-found` and `no-log`. */
export async function readLog(
  text: string,
  { runs = 'runs', follow = false, tail }: LogsOptions,
  write: (chunk: Buffer) => Promise<void>,
): Promise<LogRead> {
  const dir = findRun(runs, text);
  const file = join(dir, 'log.txt');
  if (!follow && !statSync(file, { throwIfNoEntry: false })) throw noLog(dir);
  let position = tail === undefined ? 0 : startOfLast(file, tail);
  for (;;) {
    // Asked before reading: what was printed before the end is read after it.
    const ended = !follow || hasEnded(dir);
    const size = endOf(file);
    // A log that grew too long was cut.
    if (size < position) position = size;
    if (size > position) position += await copy(file, position, size, write);
    if (ended) break;
    await sleep(INTERVAL);
  }
  return { run: runIdOf(dir), log: file, status: runStatus(dir) };
}

function hasEnded(dir: string): boolean {
  const status = runStatus(dir);
  return status !== 'running' && status !== 'retrying' && status !== 'queued';
}

/** Bytes before the last lines. */
function startOfLast(file: string, lines: number): number {
  let position = endOf(file);
  let count = 0;
  let last = true;
  for (const line of linesBackwards(file)) {
    if (last) {
      // What follows the last newline is a line only if there is something.
      last = false;
      if (line === '') continue;
      position += 1;
    }
    if (++count > lines) break;
    position -= Buffer.byteLength(line) + 1;
  }
  return Math.max(0, Math.min(position, endOf(file)));
}

/** Returns the number of bytes that were copied. */
async function copy(
  file: string,
  start: number,
  end: number,
  write: (chunk: Buffer) => Promise<void>,
): Promise<number> {
  let copied = 0;
  for await (const chunk of createReadStream(file, { start, end: end - 1 })) {
    await write(chunk as Buffer);
    copied += (chunk as Buffer).length;
  }
  return copied;
}

function noLog(dir: string): FacecomError {
  return new FacecomError('no-log', 'The run has no log.', {
    place: { file: join(dir, 'log.txt') },
    expected: 'what its trainer printed; it is there once the trainer has been started',
    remedy: 'Wait for it with facecom logs -f, or see facecom status.',
    exitCode: 2,
  });
}
