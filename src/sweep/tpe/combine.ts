import type { Ranked } from './candidates.ts';

/**
 * Whole points from the candidates of each group, by the sum of their scores, the highest first; at most `limit`. `coordinates`: of the
 * whole space.
 */
export function* bestFirst(
  groups: readonly Ranked[],
  coordinates: number,
  limit: number,
): Generator<Float64Array> {
  const total = (indices: readonly number[]) =>
    indices.reduce((sum, index, g) => sum + groups[g]!.scores[index]!, 0);
  const first = groups.map(() => 0);
  const open = [{ indices: first, score: total(first) }];
  const known = new Set([first.join()]);
  for (let given = 0; open.length > 0 && given < limit; given++) {
    let best = 0;
    for (const [i, { score }] of open.entries()) if (score > open[best]!.score) best = i;
    const { indices } = open.splice(best, 1)[0]!;
    const point = new Float64Array(coordinates);
    for (const [g, { coordinates: own, points }] of groups.entries())
      for (const [i, coordinate] of own.entries()) point[coordinate] = points[indices[g]!]![i]!;
    yield point;
    for (const [g, index] of indices.entries()) {
      if (index + 1 >= groups[g]!.points.length) continue;
      const next = indices.with(g, index + 1);
      if (known.has(next.join())) continue;
      known.add(next.join());
      open.push({ indices: next, score: total(next) });
    }
  }
}
