import { frontOf as indicesOf } from '../base/dominance.ts';
import { lossesOf, meanLosses } from './losses.ts';
import type { PointResult, TrialResult } from './results.ts';
import type { Objective } from './sweep-manifest.ts';

/** A point that no other beats in every objective. */
export interface FrontPoint<T extends TrialResult = TrialResult> {
  point: PointResult<T>;
  /** The mean of each objective's metric over its finished trials. */
  values: Record<string, number>;
  /** The first of them, which stands for it. */
  trial: T;
}

/** The front of a sweep's points, in their order: those that no other beats in all objectives. Points without a number for one are left out. */
export function frontOf<T extends TrialResult>(
  points: readonly PointResult<T>[],
  objectives: readonly Objective[],
): FrontPoint<T>[] {
  const measured = points.flatMap((point) => {
    const finished = point.trials.filter((trial) => trial.finished);
    if (finished.length === 0) return [];
    const losses = meanLosses(finished.map(({ metrics = {} }) => lossesOf(metrics, objectives)));
    return losses.some(Number.isNaN) ? [] : [{ point, losses, trial: finished[0]! }];
  });
  return indicesOf(measured.map(({ losses }) => losses)).map((i) => {
    const { point, losses, trial } = measured[i]!;
    const values = objectives.map(({ metric, mode }, k) => [
      metric,
      mode === 'max' ? -losses[k]! : losses[k]!,
    ]);
    return { point, values: Object.fromEntries(values), trial };
  });
}
