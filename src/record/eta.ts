import type { Event } from './event.ts';

/** How far the trials of a sweep are. */
export interface Pace {
  /** Seconds that each finished trial took. */
  finished: readonly number[];
  /** Trials that run: seconds so far, and the part that is done (0 … 1) where that is known. */
  running: readonly { spent: number; fraction?: number }[];
  /** Trials that are still to be started. */
  waiting: number;
  /** How many run at a time. */
  slots: number;
}

/** Parts of a running trial from which on its own pace tells: instead of none, and instead of that of the finished ones. */
const TELLS = { alone: 0.1, better: 0.2 };

/**
 * The time remaining in seconds: trials take what finished ones took, and one that is well on its way takes its own pace. Undefined before
 * there is any to go by.
 */
export function secondsRemaining({ finished, running, waiting, slots }: Pace): number | undefined {
  const known = finished.length > 0 ? finished : running.flatMap((trial) => whole(trial, TELLS.alone) ?? []);
  if (known.length === 0) return undefined;
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  const begun = running.reduce((sum, trial) => {
    const { spent } = trial;
    return sum + (whole(trial, TELLS.better) ?? Math.max(mean, spent)) - spent;
  }, 0);
  return (waiting * mean + begun) / Math.max(1, slots);
}

/** What a trial takes in all, by its own pace. */
function whole({ spent, fraction = 0 }: Pace['running'][number], least: number): number | undefined {
  return fraction > least ? spent / Math.min(1, fraction) : undefined;
}

/** The part of a run's training that is done, 0 … 1, by what its trainer said of its progress; undefined in other stages. */
export function trainedPart(progress: Extract<Event, { type: 'progress' }> | undefined): number | undefined {
  if (!progress || (progress.stage !== undefined && progress.stage !== 'train') || progress.total <= 0)
    return undefined;
  return Math.min(1, Math.max(0, progress.done / progress.total));
}
