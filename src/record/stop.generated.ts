// Generated from schemas/record-stop.schema.json by `npm run generate`; do not edit.

/**
 * stop.json in a run folder: somebody's wish that the run be ended, for its orchestrator, which removes it when it has read it. An empty file is a request, too.
 */
export interface StopRequest {
  /**
   * Milliseconds since 1970.
   */
  time: number;
  /**
   * At once, without a checkpoint.
   */
  kill: boolean;
  /**
   * The orchestrator that is asked, by its lock of the run or the sweep: no later one is meant.
   */
  holder?: {
    pid: number;
    host?: string;
    process?: string;
  };
}
