import { compareLosses, type Losses } from '../../base/dominance.ts';

/** The volume that the points dominate within a reference point that none of them exceeds, of two or more losses. */
export function hypervolume(points: readonly Losses[], reference: Losses): number {
  const sorted = [...points].sort(compareLosses);
  return reference.length === 2 ? area(sorted, reference) : slices(sorted, reference);
}

/** Strips from left to right, each as high as the best so far. */
function area(sorted: readonly Losses[], [right, top]: Losses): number {
  let sum = 0;
  let lowest = top!;
  for (const [x, y] of sorted) {
    if (y! >= lowest) continue;
    sum += (right! - x!) * (lowest - y!);
    lowest = y!;
  }
  return sum;
}

/** Slices along the first loss: each is as thick as the gap to the next point, and as large as what the points so far cover. */
function slices(sorted: readonly Losses[], reference: Losses): number {
  const rest = reference.slice(1);
  let sum = 0;
  for (const [i, point] of sorted.entries()) {
    const next = sorted[i + 1]?.[0] ?? reference[0]!;
    if (next === point[0]) continue;
    const covered = sorted.slice(0, i + 1).map((one) => one.slice(1));
    sum += (next - point[0]!) * hypervolume(covered, rest);
  }
  return sum;
}

/**
 * Which `count` of the points together dominate the most, chosen one after another by what each adds: at least 1 − 1/e of the best choice
 * (Guerreiro, Fonseca and Paquete, Greedy hypervolume subset selection, 2016). Returns their indices in the order of choice.
 */
export function chooseByHypervolume(points: readonly Losses[], count: number, reference: Losses): number[] {
  if (count >= points.length) return [...points.keys()];
  const order = [...points.keys()].sort((a, b) => compareLosses(points[a]!, points[b]!) || a - b);
  const unique = order.filter((p, i) => i === 0 || compareLosses(points[p]!, points[order[i - 1]!]!) !== 0);
  if (unique.length < count) {
    const copies = [...points.keys()].filter((i) => !unique.includes(i));
    return [...unique, ...copies.slice(0, count - unique.length)].sort((a, b) => a - b);
  }
  if (!reference.every(Number.isFinite)) return unique.slice(0, count);
  const open = unique.map((index) => ({ index, gain: hypervolume([points[index]!], reference), as: 0 }));
  const chosen: number[] = [];
  let covered = 0;
  while (chosen.length < count) {
    // What a point adds only falls as others are chosen: an old figure that is already lower than a new one need not be brought up to date.
    let best = -1;
    for (;;) {
      best = 0;
      for (const [i, { gain }] of open.entries()) if (gain > open[best]!.gain) best = i;
      const candidate = open[best]!;
      if (candidate.as === chosen.length) break;
      const together = [...chosen.map((i) => points[i]!), points[candidate.index]!];
      candidate.gain = hypervolume(together, reference) - covered;
      candidate.as = chosen.length;
    }
    const [next] = open.splice(best, 1);
    covered += next!.gain;
    chosen.push(next!.index);
  }
  return chosen;
}

/** A point a little worse than the worst of every loss, within which volumes are measured. */
export function referencePoint(points: readonly Losses[]): number[] {
  return points[0]!.map((_, objective) => {
    const worst = Math.max(...points.map((losses) => losses[objective]!));
    return Math.max(1.1 * worst, 0.9 * worst) || 1e-12;
  });
}
