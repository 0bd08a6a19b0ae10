import { isDiskFull } from '../base/disk.ts';
import type { Event, FailureClass } from '../record/index.ts';
import { readCrash } from './crash.ts';
import type { Exit } from './launchers/launcher.ts';

export interface Failure {
  class: FailureClass;
  /** What happened, as a sentence. */
  message: string;
  /** The code that the trainer gave, if it gave one. */
  code?: string;
}

/** What a shell that started the trainer exits with where a signal ended it. */
const shellSignals: Record<number, string> = { 129: 'SIGHUP', 130: 'SIGINT', 137: 'SIGKILL', 143: 'SIGTERM' };

/**
 * The class of a trainer's end without `finished`: its own `failed` event says it, else how the process ended. `events` are those of
 * this start.
 */
export function classify(runDir: string, exit: Exit, events: readonly Event[]): Failure {
  const told = events.findLast((event) => event.type === 'failed');
  if (told) return { class: told.class ?? 'code', message: told.message, code: told.code };
  if (exit.explained) return exit.explained;
  const how = howItEnded(exit);
  const crash = readCrash(runDir);
  if (crash.class) return { class: crash.class, message: `${how}; its log says: ${crash.line}` };
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
  return { class: 'code', message: `${how}${crash.line ? `; its last line: ${crash.line}` : ''}` };
}

export function howItEnded({ code, signal, error, cancelled }: Exit): string {
  if (cancelled !== undefined) return cancelled;
  if (signal) return `The trainer was ended by ${signal}`;
  if (code === 0) return 'The trainer exited with code 0 without a finished event';
  return code === undefined ? `The trainer failed: ${error}` : `The trainer exited with code ${code}`;
}
