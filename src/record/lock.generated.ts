// Generated from schemas/record-lock.schema.json by `npm run generate`; do not edit.

/**
 * lock.json in the folder of a sweep or a run: who is at work on it. It is there while that process is.
 */
export interface LockFile {
  /**
   * The orchestrator's process.
   */
  pid: number;
  /**
   * The machine that it runs on.
   */
  host?: string;
  /**
   * Tells the process from others that get its number later.
   */
  process?: string;
  /**
   * Of this hold of the lock.
   */
  id?: string;
  /**
   * Such as sweep.
   */
  command?: string;
  /**
   * Milliseconds since 1970.
   */
  time?: number;
  /**
   * Ends the holder's trainers after it, if it is killed.
   */
  guard?: {
    pid: number;
    host?: string;
    process?: string;
  };
}
