import type { FailureClass } from '../../record/index.ts';
import type { Leftovers } from '../strays.ts';

/** What a launcher starts: one trainer on one run folder. */
export interface Job {
  runDir: string;
  /** Program and arguments. */
  command: readonly string[];
  /** Variables set besides the orchestrator's own; undefined takes one away. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where the trainer starts: what relative paths of its command are relative to. */
  cwd: string;
}

export interface Exit {
  code?: number;
  signal?: string;
  /** Why it did not even start. */
  error?: string;
  /** What it took, where another machine has measured that. */
  seconds?: number;
  /** What a cluster says of an end that the trainer left no word of. */
  explained?: { class: FailureClass; message: string };
  /** Someone else had it end: no failure. */
  cancelled?: string;
}

/** A trainer that was started. */
export interface Handle {
  pid?: number;
  /** What it started and left behind when it ended, where that can be found. */
  leftovers?: Leftovers;
  /** The job of a cluster that runs it, as the record names it. */
  job?: { key: string; id?: string };
  /** Bytes of the run's events before this start; those that are there where it is left out. */
  from?: number;
  exited: Promise<Exit>;
  /**
   * Resolves when the run is its own: one that stood by took it, its job was started, or it ended; to false if it ended before its turn.
   * Undefined if it has it from its start.
   */
  begun?: Promise<unknown>;
  /** False while its job waits in a queue, for the first time or again: no time of a trainer passes. */
  runs?: () => boolean;
  /** Asks it to save and end. */
  stop(): void;
  /** Ends it and every process that it started, at once. */
  kill(): void;
}

/** Is told of what is started: first of its secret, so that nothing is nobody's whenever this process is killed. */
export interface Watchman {
  expect(leftovers: Leftovers): void;
  watch(started: Pick<Handle, 'pid' | 'exited'>): void;
}

/**
 * Starts trainers somewhere. The run folder is all that both sides share: a launcher for a cluster submits the job, polls it
 * for `exited`, cancels it for `stop`, and its trainer's output is the log in the run folder.
 */
export interface Launcher {
  name: string;
  start(job: Job): Handle;
}
