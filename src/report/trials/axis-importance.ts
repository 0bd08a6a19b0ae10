import { isWide } from '../charts/objective-chart.ts';
import { isDrawable } from '../text.ts';
import { type ImportanceAxis, importances } from './importance.ts';
import type { PointRow, SweepRecord } from './read-sweep.ts';

/** Below this the best tenth is a point, which tells little. */
const LEAST = 10;
const FEW = 8; // different numbers that are taken for choices

/**
 * Each axis with its share of the importance, the greatest first; undefined where there is too little to tell. Several numbers are a
 * range, few are choices: the manifest does not say of what an axis was drawn.
 */
export function axisImportance(sweep: SweepRecord): { axis: string; share: number }[] | undefined {
  const points = sweep.points.filter(({ result }) => result && isDrawable(result.mean));
  const axes = sweep.axes.filter((axis) => distinct(points, axis).length > 1);
  if (points.length < LEAST || axes.length < 2) return undefined;
  const sign = sweep.objective.mode === 'max' ? -1 : 1;
  const shares = importances(
    axes.map((axis) => describe(axis, points)),
    points.map(({ result }) => sign * result!.mean),
  );
  if (shares.every((share) => share === 0)) return undefined;
  return axes.map((axis, i) => ({ axis, share: shares[i]! })).sort((a, b) => b.share - a.share);
}

const distinct = (points: readonly PointRow[], axis: string): string[] => [
  ...new Set(points.flatMap(({ axes }) => (Object.hasOwn(axes, axis) ? [JSON.stringify(axes[axis])] : []))),
];

function describe(axis: string, points: readonly PointRow[]): ImportanceAxis {
  const values = points.map(({ axes }) => (Object.hasOwn(axes, axis) ? axes[axis] : undefined));
  const known = values.filter((value) => value !== undefined);
  const choices = distinct(points, axis);
  const numbers = known.filter((value) => typeof value === 'number' && isDrawable(value)) as number[];
  if (numbers.length < known.length || choices.length <= FEW)
    return {
      domain: { kind: 'choice', size: choices.length },
      values: values.map((value) =>
        value === undefined ? undefined : choices.indexOf(JSON.stringify(value)),
      ),
    };
  const low = numbers.reduce((a, b) => Math.min(a, b));
  const high = numbers.reduce((a, b) => Math.max(a, b));
  return {
    domain: { kind: 'number', low, high, log: isWide(numbers) },
    values: values as (number | undefined)[],
  };
}
