// Generated from schemas/record-state.schema.json by `npm run generate`; do not edit.

/**
 * One line of a run's state.jsonl, which its orchestrator alone appends to.
 */
export interface StateEntry {
  /**
   * Milliseconds since 1970.
   */
  time: number;
  state: 'queued' | 'started' | 'stopped' | 'pruned' | 'failed' | 'finished' | 'retried';
  /**
   * How often this run's trainer was started.
   */
  attempt?: number;
  /**
   * The trainer's process (started).
   */
  pid?: number;
  /**
   * The machine that the processes are on (queued, started).
   */
  host?: string;
  /**
   * Tells the process from others that get its number later (started).
   */
  process?: string;
  /**
   * In the environment (FACECOM_START) of the trainer and of all that it starts, by which what it leaves behind is found (started).
   */
  secret?: string;
  /**
   * The process that made the folder, or started the trainer and watches over it, on the same machine (queued, started).
   */
  orchestrator?: {
    pid: number;
    process?: string;
  };
  /**
   * The cluster's job that runs the trainer (started): the key of its task, and the id of the engine.
   */
  job?: {
    key: string;
    id?: string;
  };
  /**
   * What started it (started).
   */
  launcher?: string;
  /**
   * What the trainer may use (started).
   */
  devices?: string[];
  /**
   * How many threads the trainer may use; a run that is resumed keeps them, and so its bits (started).
   */
  threads?: number;
  /**
   * Milliseconds for which its slot stood empty before (started).
   */
  idle?: number;
  /**
   * Kind of the failure (failed).
   */
  class?: 'oom' | 'nan' | 'data' | 'code' | 'killed' | 'timeout' | 'lost' | 'infrastructure' | 'interrupted';
  /**
   * Code of the trainer's error, if it told one (failed).
   */
  code?: string;
  /**
   * What happened, for people (failed, stopped, pruned).
   */
  message?: string;
  exit_code?: number;
  signal?: string;
  /**
   * What is done about it (retried).
   */
  action?: string;
  /**
   * Milliseconds before it is started again (retried).
   */
  delay?: number;
  /**
   * What the run took (finished).
   */
  seconds?: number;
  /**
   * The epoch at which a stopping rule ended it (pruned).
   */
  epoch?: number;
}
