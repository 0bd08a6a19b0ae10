import type { Board, SweepOutcome, SweepPlan, TrialRow } from '../../orchestrator/index.ts';
import { bestOf, type FrontPoint, frontOf, type Lead, leadOf } from '../../record/index.ts';
import { type BestPoint, type Objective, type Point, pointsOf, type SweepTrialResult } from './points.ts';

export type { Objective } from './points.ts';

export interface SweepResult {
  /** The sweep's name. */
  sweep: string;
  status: 'ended' | 'interrupted' | 'halted';
  trials: number;
  /** Trials that are finished, whenever and wherever they ran. */
  finished: number;
  failed: number;
  /** Trials that the stopping rule has ended early; they count in no result. */
  pruned: number;
  /** Finished trials that this call did not have to run. */
  skipped: number;
  /** Of those, the ones of other sweeps. */
  linked: number;
  /** Trials that neither finished nor failed nor were pruned. */
  pending: number;
  /** Runs of trials that the spec no longer has. */
  vanished: number;
  /** Why no further trials were started, if the sweep was halted. */
  reason?: string;
  objective: Objective;
  /** Trials that differ in their seed alone are one point; the best first. */
  points: readonly Point[];
  /** The best point and the trial that stands for it; undefined if no trial has the objective's metric. */
  best?: BestPoint;
  /** Of several objectives: the points that no other beats in all of them, the best of the first objective first. */
  front?: FrontPoint<SweepTrialResult>[];
  /** What won and by how much, in a sentence; undefined with several objectives and without results. */
  lead?: Lead;
  rows: readonly TrialRow[];
  /** Of this call. */
  seconds: number;
  /** The sweep's page in MLflow, if it is known. */
  mlflow?: string;
}

interface SweepEnd {
  name: string;
  board: Board;
  objective: Objective;
  objectives: readonly Objective[];
  plan: Pick<SweepPlan, 'kept' | 'linked' | 'vanished'>;
  outcome: SweepOutcome;
  seconds: number;
  url?: string;
  /** Whether a search has ended before its budget, by itself. */
  exhausted?: boolean;
}

export function sweepResult({
  name,
  board,
  objective,
  objectives,
  plan,
  outcome,
  seconds,
  url,
  exhausted = false,
}: SweepEnd): SweepResult {
  const { failed, pruned, ...counts } = board.counts();
  const finished = counts.finished + counts.linked;
  // Of a search that was cut off, those that it was yet to propose are among them.
  const cut = outcome.interrupted || (outcome.halted !== undefined && !exhausted);
  const trials = cut && Number.isFinite(board.total) ? board.total : board.rows.length;
  const points = pointsOf(board, objective);
  const best = bestOf(points);
  const lead = objectives.length > 1 ? undefined : leadOf(points, objective);
  return {
    sweep: name,
    status:
      outcome.interrupted && finished + pruned < trials ? 'interrupted' : outcome.halted ? 'halted' : 'ended',
    trials,
    finished,
    failed,
    pruned,
    skipped: plan.kept.size + plan.linked.size,
    linked: plan.linked.size,
    pending: trials - finished - failed - pruned,
    vanished: plan.vanished.length,
    ...(outcome.halted ? { reason: outcome.halted } : {}),
    objective,
    points,
    ...(best ? { best } : {}),
    ...(objectives.length > 1 ? { front: frontOf(points, objectives) } : {}),
    ...(lead ? { lead } : {}),
    rows: board.rows,
    seconds,
    ...(url === undefined ? {} : { mlflow: url }),
  };
}
