import type { FailureClass } from '../../record/index.ts';

/** What an engine is given: tasks 0 … n − 1 of one key, each `command` with the number of its task. */
export interface Submission {
  /** Also the name by which the engine knows it. */
  key: string;
  tasks: number;
  /** Which of the kinds of resources. */
  kind: number;
  /** Shell of a task; the number of its task is in the variable `task`. */
  script: string;
  /** Where a task's output goes: a path with `{task}` in it. */
  out: string;
}

/** A batch, or some tasks of it. */
export interface Reference {
  key: string;
  id: string | undefined;
  tasks: readonly number[];
}

/** What an engine says of a task. */
export interface TaskState {
  /** `held`: it waits, and will not start by itself. */
  phase: 'waiting' | 'held' | 'running' | 'ended';
  /** In the engine's own word. */
  state: string;
  reason?: string;
}

/** Why a task ended without a word of its job: a failure, or `cancelled` by someone. */
export type Explanation = { class: FailureClass; message: string } | { cancelled: string };

/**
 * `refused`: it never takes this; `full`: not now, or not so many; `unknown`: it may have been done or not.
 */
export class EngineError extends Error {
  constructor(
    readonly kind: 'refused' | 'full' | 'unknown',
    message: string,
  ) {
    super(message);
    this.name = 'EngineError';
  }
}

/** A job scheduler. Every call throws EngineError alone; `find` and `poll` only of the kind `unknown`. */
export interface Engine {
  readonly name: string;
  /** Where it is, if it is somewhere. */
  readonly address?: string;
  /** Throws FacecomError (exit code 2) for what the user can put right; a scheduler that does not answer is no error. Returns notes. */
  check(): Promise<string[]>;
  /** Tasks of one submission at most. */
  batchSize(): Promise<number>;
  /** Returns the engine's id. */
  submit(submission: Submission): Promise<string>;
  /** Ids of all that was submitted under a key since a time (ms since 1970), at any phase. */
  find(key: string, since: number): Promise<string[]>;
  /** What is known of batches, by `key.task`; a task that is missing is not known any more. */
  poll(batches: readonly Reference[]): Promise<Map<string, TaskState>>;
  /** Why a task has ended; undefined if the engine does not know of it. */
  explain(batch: Reference, task: number, job: string | undefined): Promise<Explanation | undefined>;
  /** Takes away what waits and, as `how` says, has what runs told to save and end, or ends it at once. */
  cancel(batches: readonly Reference[], how: 'save' | 'kill'): Promise<void>;
  /** Calls of the engine so far. */
  readonly calls: number;
}

export const taskName = (key: string, task: number): string => `${key}.${task}`;
