import type { Objective } from './sweep-manifest.ts';

/** A run's values as losses, lower is better; NaN for a metric that is not there. */
export function lossesOf(
  values: Readonly<Record<string, number>>,
  objectives: readonly Objective[],
): number[] {
  return objectives.map(({ metric, mode }) => {
    const value = Object.hasOwn(values, metric) ? values[metric]! : Number.NaN;
    return mode === 'max' ? -value : value;
  });
}

/** The mean of each loss over several runs. */
export const meanLosses = (all: ReadonlyArray<readonly number[]>): number[] =>
  all[0]!.map((_, i) => all.reduce((sum, losses) => sum + losses[i]!, 0) / all.length);
