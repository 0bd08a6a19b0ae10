import type { FailureClass } from '../../record/index.ts';

/** What an engine is given: jobs 0 … n − 1 of one key. Each runs one task of the batch, or several one after another: of them the engine knows nothing. */
export interface Submission {
  /** Also the name by which the engine knows it. */
  key: string;
  jobs: number;
  /** Which of the kinds of resources. */
  kind: number;
  /** Shell of a job, whose number is in the variable `job`. */
  script: string;
  /** Where a job's output goes: a path with `{job}` in it. */
  out: string;
}

/** A batch, or some jobs of it. */
export interface Reference {
  key: string;
  id: string | undefined;
  jobs: readonly number[];
}

/** What an engine says of a job. */
export interface JobState {
  /** `held`: it waits, and will not start by itself. */
  phase: 'waiting' | 'held' | 'running' | 'ended';
  /** In the engine's own word. */
  state: string;
  reason?: string;
}

/** Why a job ended without a word of its own: a failure, or `cancelled` by someone. */
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
  /** Jobs of one submission at most. */
  batchSize(): Promise<number>;
  /** Returns the engine's id. */
  submit(submission: Submission): Promise<string>;
  /** Ids of all that was submitted under a key since a time (ms since 1970), at any phase. */
  find(key: string, since: number): Promise<string[]>;
  /** What is known of batches, by `key.job`; a job that is missing is not known any more. */
  poll(batches: readonly Reference[]): Promise<Map<string, JobState>>;
  /** Why a job has ended, `name` being how it named itself; undefined if the engine does not know of it. */
  explain(batch: Reference, job: number, name: string | undefined): Promise<Explanation | undefined>;
  /** Takes away what waits and, as `how` says, has what runs told to save and end, or ends it at once. */
  cancel(batches: readonly Reference[], how: 'save' | 'kill'): Promise<void>;
  /** The jobs of this user that run, whichever sweep they are of, with the folder that their output goes to; where an engine can tell. */
  running?(): Promise<RunningJob[]>;
  /** Calls of the engine so far. */
  readonly calls: number;
}

/** A job that an engine takes for running. */
export interface RunningJob {
  key: string;
  id: string;
  job: number;
  /** Folder of the jobs, as record/batch.ts describes it. */
  folder: string;
}

/** A task or job of a batch by one name. */
export const nameOf = (key: string, number: number): string => `${key}.${number}`;
