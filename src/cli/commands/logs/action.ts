import { createReadStream, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { FacecomError } from '../../../base/errors.ts';
import { endOf } from '../../../base/lines.ts';
import { linesBackwards } from '../../../base/lines-backwards.ts';
import { findRun, runStatus } from '../../../record/index.ts';
import type { LogsOptions } from './command.ts';

const INTERVAL = 200; // ms

/** Prints a run's log, to its end or until the run has ended. Gives the exit code. */
export async function logs(text: string, options: LogsOptions): Promise<number> {
  const tail = options.tail === undefined ? undefined : wholeNumber(options.tail);
  const dir = findRun(options.runs, text);
  const file = join(dir, 'log.txt');
  if (!options.follow && !statSync(file, { throwIfNoEntry: false })) throw noLog(dir);
  const out = output(options.json ?? false);
  let position = tail === undefined ? 0 : startOfLast(file, tail);
  for (;;) {
    // Asked before reading: what was printed before the end is read after it.
    const ended = !options.follow || hasEnded(dir);
    const size = endOf(file);
    // A log that grew too long was cut.
    if (size < position) position = size;
    if (size > position) position += await copy(file, position, size, out.write);
    if (ended) break;
    await sleep(INTERVAL);
  }
  out.end({ run: `${basename(dirname(dir))}/${basename(dir)}`, log: file, status: runStatus(dir) });
  return 0;
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
      // What follows the last newline is a line only where there is something.
      last = false;
      if (line === '') continue;
      position += 1;
    }
    if (++count > lines) break;
    position -= Buffer.byteLength(line) + 1;
  }
  return Math.max(0, Math.min(position, endOf(file)));
}

/** Gives the number of bytes that were copied. */
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

function output(json: boolean): { write: (chunk: Buffer) => Promise<void>; end: (summary: object) => void } {
  if (!json) return { write: toStdout, end: () => {} };
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const print = (line: string) => `${JSON.stringify({ line })}\n`;
  return {
    write: async (chunk) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop()!;
      if (lines.length > 0) await toStdout(lines.map(print).join(''));
    },
    end: (summary) => {
      if (rest !== '') process.stdout.write(print(rest));
      process.stdout.write(`${JSON.stringify(summary)}\n`);
    },
  };
}

/** No faster than it is read: a log may be larger than the memory. */
function toStdout(chunk: Buffer | string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(chunk)) resolve();
    else process.stdout.once('drain', resolve);
  });
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new FacecomError('logs-tail', 'The number of lines is not a whole number.', {
    found: text,
    expected: 'such as --tail 20',
    remedy: 'Give how many lines from the end are to be shown.',
    exitCode: 2,
  });
}

function noLog(dir: string): FacecomError {
  return new FacecomError('no-log', 'The run has no log.', {
    place: { file: join(dir, 'log.txt') },
    expected: 'what its trainer printed; it is there once the trainer has been started',
    remedy: 'Wait for it with facecom logs -f, or see facecom status.',
    exitCode: 2,
  });
}
