import type { Board, TrialRow } from '../../orchestrator/index.ts';
import {
  type bestOf,
  type Objective,
  type PointResult,
  pointsOf as pointsOfTrials,
  type TrialResult,
} from '../../record/index.ts';

export type { Objective } from '../../record/index.ts';

/** A trial of a sweep that runs, as its result is made of it. */
export interface SweepTrialResult extends TrialResult {
  row: TrialRow;
}

/** Trials with the same values and different seeds: one result. */
export type Point = PointResult<SweepTrialResult>;

/** The best point and the trial that stands for it. */
export type BestPoint = NonNullable<ReturnType<typeof bestOf<SweepTrialResult>>>;

/** The points of a sweep, the best first; those without a value last. */
export function pointsOf(board: Board, objective: Objective): Point[] {
  const trials = board.rows.map(
    (row): SweepTrialResult => ({
      point: row.trial.point,
      axes: row.trial.axes,
      seed: row.trial.seed,
      finished: row.status === 'finished' || row.status === 'linked',
      ...(row.value === undefined ? {} : { value: row.value }),
      metrics: row.metrics,
      row,
    }),
  );
  return pointsOfTrials(trials, objective);
}
