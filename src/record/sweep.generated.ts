// Generated from schemas/record-sweep.schema.json by `npm run generate`; do not edit.

/**
 * What a sweep was asked to run, for programs that look at its folder: <runs>/<name>/sweep.json. It holds no state, and what it says follows from the spec: without it the same `facecom sweep` command continues all the same.
 */
export interface SweepManifest {
  version: 1;
  /**
   * Its name.
   */
  sweep: string;
  /**
   * Absolute path of the spec.
   */
  spec: string;
  /**
   * The --set flags.
   */
  set: string[];
  /**
   * The working folder, which relative paths of the spec and of its trainer are relative to.
   */
  cwd: string;
  /**
   * Milliseconds since 1970 of the last start.
   */
  time: number;
  objective: Objective;
  /**
   * Several, of a sweep that has them; `objective` is the first.
   */
  objectives?: Objective[];
  /**
   * Seeds that each point is run with.
   */
  repeats: number;
  /**
   * Of a method that learns: the spec's `sweep` with its defaults, which an edited one is compared with.
   */
  search?: {
    [k: string]: unknown;
  };
  /**
   * Of a method that learns: trials in all, `trials` being those that were proposed so far; left out if its time alone ends it.
   */
  planned?: number;
  trials: SweepTrial[];
}
export interface Objective {
  /**
   * Such as val/combined.
   */
  metric: string;
  mode: 'min' | 'max';
}
export interface SweepTrial {
  id: string;
  /**
   * The values of its axes by dotted path.
   */
  axes: {
    [k: string]: unknown;
  };
  seed: number;
  /**
   * Which point of the space it belongs to, from 0; repeats share it.
   */
  point: number;
  /**
   * From 0.
   */
  repeat: number;
}
