import { onSignals } from '../../../base/interrupt.ts';
import type { Batch } from '../../../record/index.ts';
import type { Guard } from '../../guard.ts';

/** What the tasks of a job share. */
export interface JobContext {
  /** The batch's file, and what is in it. */
  file: string;
  batch: Batch;
  /** Folder of the jobs. */
  jobs: string;
  /** This job as its engine names it. */
  job: string;
  told: Told;
  guard: Guard;
  say: (line: string) => unknown;
  /** Follows a run while it is trained, if its job is to send it somewhere; the result ends that. */
  follow?: (runDir: string, runs: string) => Promise<() => Promise<void>>;
  /** What is still being sent. */
  following: Promise<unknown>[];
  /** Milliseconds: for how long a file from another machine is waited for, and between two looks for a request to stop. */
  patience: number;
  interval: number;
}

/** Signals by which the engine tells the job to end. */
export interface Told {
  /** The first one. */
  name(): NodeJS.Signals | undefined;
  /** Called at the first one, also where it has come already; the result ends that. */
  on(handler: () => void): () => void;
  release(): void;
}

export function watchSignals(): Told {
  let first: NodeJS.Signals | undefined;
  const handlers = new Set<() => void>();
  const { release } = onSignals((name) => {
    first ??= name;
    for (const handler of handlers) handler();
  });
  return {
    name: () => first,
    on: (handler) => {
      handlers.add(handler);
      if (first) handler();
      return () => handlers.delete(handler);
    },
    release,
  };
}
