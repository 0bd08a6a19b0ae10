import type { Objective } from '../../record/index.ts';
import { frontOf as indicesOf } from '../../sweep/index.ts';
import { lossesOf, meanLosses } from './losses.ts';
import type { Point } from './points.ts';

/** A point that no other beats in every objective. */
export interface FrontPoint {
  axes: Readonly<Record<string, unknown>>;
  /** The mean of each objective's metric. */
  values: Record<string, number>;
  /** The first of its trials. */
  trial: string;
}

/** The front of a sweep's finished points, in their order. */
export function frontOf(points: readonly Point[], objectives: readonly Objective[]): FrontPoint[] {
  const measured = points.flatMap((point) => {
    const finished = point.trials.filter((trial) => trial.finished);
    if (finished.length === 0) return [];
    const losses = meanLosses(finished.map(({ row }) => lossesOf(row.metrics ?? {}, objectives)));
    return losses.some(Number.isNaN) ? [] : [{ point, losses, trial: finished[0]!.row.trial.id }];
  });
  return indicesOf(measured.map(({ losses }) => losses)).map((i) => {
    const { point, losses, trial } = measured[i]!;
    const values = objectives.map(({ metric, mode }, k) => [
      metric,
      mode === 'max' ? -losses[k]! : losses[k]!,
    ]);
    return { axes: point.axes, values: Object.fromEntries(values), trial };
  });
}
