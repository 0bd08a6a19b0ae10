// Generated from schemas/record-environment.schema.json by `npm run generate`; do not edit.

/**
 * A run's environment.json: what it was started on and with. Every part may be missing: a run can be started by hand.
 */
export interface Environment {
  /**
   * When the command that made the run began, ISO 8601.
   */
  time?: string;
  /**
   * Version of the record that the run is written in.
   */
  record?: number;
  /**
   * Version of facecom.
   */
  facecom?: string;
  /**
   * Version of Node.js.
   */
  node?: string;
  /**
   * System, its release and architecture.
   */
  platform?: string;
  /**
   * The working folder, which relative paths of the trainer are relative to.
   */
  cwd?: string;
  /**
   * The command line that made the run, keys and passwords masked.
   */
  argv?: string[];
  host?: string;
  cpu?: {
    model?: string;
    cores?: number;
  };
  /**
   * Of the machine.
   */
  memory_bytes?: number;
  gpus?: {
    name?: string;
  }[];
  onednn?: {
    /**
     * Of the wheel, or the folder of another build.
     */
    version?: string;
  };
  tensorflow?: {
    version?: string;
    /**
     * cpu or cuda.
     */
    kind?: string;
  };
  seed?: number;
  /**
   * SHA-256 of the weights that the run starts from.
   */
  weights_hash?: string;
  /**
   * Hash of the data set's content.
   */
  data_hash?: string;
  /**
   * The commit of the working folder and what was changed since; null outside of a repository.
   */
  git?: null | {
    commit?: string;
    dirty?: boolean;
    /**
     * Lines of git status --porcelain.
     */
    status?: string[];
    /**
     * In older records; now it is changes.diff beside this file, which a tracking server gets only with tracking.changes.
     */
    diff?: string;
  };
  /**
   * SHA-256 over the files of the spec's plugins, hexadecimal.
   */
  plugins?: string;
}
