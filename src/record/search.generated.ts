// Generated from schemas/record-search.schema.json by `npm run generate`; do not edit.

/**
 * One line of a search's search.jsonl in the sweep's folder, which its orchestrator alone appends to: what the search was told and what it proposed, in order. A proposal follows from the lines above it, so that it can be made again.
 */
export type SearchEntry = SearchBegun | EarlierTold | PointProposed | PointTold | TimeSpent;
/**
 * One per objective, lower is better; null for one that is no finite number.
 */
export type Losses = (number | null)[];

/**
 * The first line.
 */
export interface SearchBegun {
  type: 'search';
  version: 1;
  method: string;
  seed: number;
  objectives: {
    metric: string;
    mode: 'min' | 'max';
  }[];
  /**
   * Trials a point.
   */
  repeats: number;
}
/**
 * A finished trial of another sweep (warm_start).
 */
export interface EarlierTold {
  type: 'earlier';
  /**
   * Its folder.
   */
  run: string;
  config: Values;
  losses: Losses;
}
/**
 * Values by dotted path.
 */
export interface Values {
  [k: string]: unknown;
}
/**
 * A point, written before its trials are run.
 */
export interface PointProposed {
  type: 'proposed';
  /**
   * From 0.
   */
  point: number;
  axes: Values;
  /**
   * Ids of its trials.
   */
  trials: string[];
}
/**
 * What became of a point by now; the last line of a point counts.
 */
export interface PointTold {
  type: 'told';
  point: number;
  state: 'finished' | 'pruned' | 'failed';
  losses?: Losses;
  /**
   * That the losses of a pruned one are of.
   */
  epoch?: number;
}
/**
 * What a start of a trial took of the budget.
 */
export interface TimeSpent {
  type: 'spent';
  /**
   * For which the sweep has run since it was last said.
   */
  seconds: number;
  /**
   * What the start took, times its devices.
   */
  device_seconds: number;
}
