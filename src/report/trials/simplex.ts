import type { PointRow } from './read-sweep.ts';

/** Axes of numbers that add up to the same in every point, as `sweep.simplex` makes them; undefined if there are none. */
export function simplexOf(
  points: readonly PointRow[],
  axes: readonly string[],
): { paths: string[]; total: number } | undefined {
  const numeric = axes.filter((axis) => points.every((point) => typeof point.axes[axis] === 'number'));
  const varied = numeric.filter((axis) => new Set(points.map((point) => point.axes[axis])).size > 1);
  const sums = (paths: readonly string[]) =>
    points.map((point) => paths.reduce((sum, path) => sum + (point.axes[path] as number), 0));
  const holds = (paths: readonly string[]) => {
    const [first, ...others] = sums(paths);
    return (
      first !== undefined &&
      others.every((sum) => Math.abs(sum - first) < 1e-6 * Math.max(1, Math.abs(first)))
    );
  };
  if (points.length < 2) return undefined;
  for (const paths of [...pairs(varied), ...(varied.length > 2 ? [varied] : [])])
    if (paths.length >= 2 && holds(paths)) return { paths, total: sums(paths)[0]! };
  return undefined;
}

const pairs = (all: readonly string[]): string[][] =>
  all.flatMap((first, i) => all.slice(i + 1).map((second) => [first, second]));
