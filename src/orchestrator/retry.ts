import type { FailureClass } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';
import type { Failure } from './classify.ts';

/** What is done about a failure. */
export type Decision =
  | { retry: false }
  | {
      retry: true;
      /** Milliseconds. */
      delay: number;
      /** For identities and the record. */
      action: string;
      /** Keys of the run's config that change, by dotted path. */
      changes: Record<string, number>;
    };

const LONGEST = 300; // seconds

/**
 * Whether and how a run is started again. `counts` says how often it was after each class of failure; `random` is uniform in
 * [0, 1) and spreads retries that failed together (jitter).
 */
export function decide(
  failure: Failure,
  config: Experiment,
  counts: Readonly<Partial<Record<FailureClass, number>>>,
  random: () => number = Math.random,
): Decision {
  const { retry, retry_delay } = config.resources;
  const before = counts[failure.class] ?? 0;
  if (before >= retry[failure.class]) return { retry: false };
  const seconds = Math.min(LONGEST, retry_delay * 2 ** before) * (0.5 + random() / 2);
  const delay = Math.round(seconds * 1000);
  if (failure.class !== 'oom')
    return { retry: true, delay, action: 'continues from the last checkpoint', changes: {} };
  const { accumulation, batch_size } = config.train;
  const doubled = accumulation * 2;
  // A micro-batch of one image cannot be halved.
  if (doubled > batch_size) return { retry: false };
  const micro = (parts: number) => Math.ceil(batch_size / parts);
  return {
    retry: true,
    delay,
    action: `micro-batches of ${micro(doubled)} in place of ${micro(accumulation)}: train.accumulation ${accumulation} → ${doubled}, the same effective batch`,
    changes: { 'train.accumulation': doubled },
  };
}
