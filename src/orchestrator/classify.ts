import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isDiskFull } from '../base/disk.ts';
import type { Event, StateEntry } from '../record/index.ts';
import type { Exit } from './launchers/launcher.ts';

export type FailureClass = NonNullable<StateEntry['class']>;

export interface Failure {
  class: FailureClass;
  /** What happened, as a sentence. */
  message: string;
  /** The code that the trainer gave, if it gave one. */
  code?: string;
}

/** Codes of the built-in trainer's `failed` events, by class; what is not here is `code`. */
const codes: Record<string, FailureClass> = {
  oom: 'oom',
  nan: 'nan',
  'disk-full': 'infrastructure',
  'tensorflow-missing': 'infrastructure',
  'tensorflow-damaged': 'infrastructure',
  'no-gpu': 'infrastructure',
};

/** What the end of a log tells of a trainer that did not say itself why it failed. */
const patterns: ReadonlyArray<[RegExp, FailureClass]> = [
  [
    /CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|OOM when allocating|ResourceExhausted|std::bad_alloc|MemoryError|heap out of memory/,
    'oom',
  ],
  [/No space left on device|ENOSPC|Disk quota exceeded/, 'infrastructure'],
  [
    /error while loading shared libraries|cannot open shared object file|CUDA driver version is insufficient|no CUDA-capable device/,
    'infrastructure',
  ],
  [/loss is (nan|inf)|NaN loss/i, 'nan'],
];

/** What a shell that started the trainer exits with where a signal ended it. */
const shellSignals: Record<number, string> = { 129: 'SIGHUP', 130: 'SIGINT', 137: 'SIGKILL', 143: 'SIGTERM' };

/** The class of a trainer's end without `finished`. `events` are those of this start. */
export function classify(runDir: string, exit: Exit, events: readonly Event[]): Failure {
  const told = events.findLast((event) => event.type === 'failed');
  const how = howItEnded(exit);
  if (told) {
    return { class: codes[told.code] ?? classOfCode(told.code), message: told.message, code: told.code };
  }
  const log = logTail(runDir);
  const match = patterns.find(([pattern]) => pattern.test(log));
  if (match) return { class: match[1], message: `${how}; its log says: ${lineOf(log, match[0])}` };
  // A trainer that cannot write cannot say so in its log either.
  if (isDiskFull(runDir)) return { class: 'infrastructure', message: `${how}: the disk is full.` };
  const signal = exit.signal ?? shellSignals[exit.code ?? 0];
  if (signal === 'SIGKILL') {
    return {
      class: 'killed',
      message: `${how}: someone killed it, or the system was out of memory (dmesg says so).`,
    };
  }
  if (signal === 'SIGTERM' || signal === 'SIGINT' || signal === 'SIGHUP')
    return { class: 'killed', message: `${how}.` };
  if (exit.error) return { class: 'infrastructure', message: `The trainer did not start: ${exit.error}` };
  const last = log.trim().split('\n').at(-1);
  return { class: 'code', message: `${how}${last ? `; its last line: ${last.slice(0, 300)}` : ''}` };
}

function classOfCode(code: string): FailureClass {
  if (/^(data|annotations|picture|images|split|identit)/.test(code)) return 'data';
  return 'code';
}

export function howItEnded({ code, signal, error }: Exit): string {
  if (signal) return `The trainer was ended by ${signal}`;
  if (code === 0) return 'The trainer exited with code 0 without a finished event';
  return code === undefined ? `The trainer failed: ${error}` : `The trainer exited with code ${code}`;
}

const TAIL = 16384; // bytes

/** The end of a run's log; empty where there is none. */
export function logTail(runDir: string, bytes = TAIL): string {
  try {
    const fd = openSync(join(runDir, 'log.txt'), 'r');
    try {
      const { size } = fstatSync(fd);
      const length = Math.min(bytes, size);
      const buffer = Buffer.alloc(length);
      readSync(fd, buffer, 0, length, size - length);
      return buffer.toString('utf8');
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}

function lineOf(log: string, pattern: RegExp): string {
  return (log.split('\n').findLast((line) => pattern.test(line)) ?? '').trim().slice(0, 300);
}
