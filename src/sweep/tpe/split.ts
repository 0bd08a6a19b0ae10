import { frontRanks, type Losses } from '../../base/dominance.ts';
import { chooseByHypervolume, referencePoint } from '../pareto/hypervolume.ts';
import type { Observation } from './observation.ts';

/** The good ones that the next point is to be like, and all others. Both in the order of their numbers. */
export interface Split {
  good: Observation[];
  others: Observation[];
}

/** How many of n observations are good: a tenth, of one objective at most 25. */
export function goodCount(n: number, objectives: number): number {
  const tenth = Math.ceil(0.1 * n);
  return objectives === 1 ? Math.min(tenth, 25) : tenth;
}

/**
 * Divides observations as TPE does: finished ones before stopped ones, which rank by how far they came, before failed ones. Running ones
 * count among the others, so that the next point keeps its distance (constant liar).
 */
export function split(observations: readonly Observation[], objectives: number): Split {
  const ended = observations.filter(({ state }) => state !== 'running');
  let open = goodCount(ended.length, objectives);
  const good = new Set<Observation>();
  for (const [state, best] of ranking) {
    const chosen = best(
      ended.filter((one) => one.state === state),
      open,
    );
    for (const one of chosen) good.add(one);
    open -= chosen.length;
  }
  const byNumber = [...observations].sort((a, b) => a.number - b.number);
  return {
    good: byNumber.filter((one) => good.has(one)),
    others: byNumber.filter((one) => !good.has(one)),
  };
}

const ranking: ReadonlyArray<[Observation['state'], (all: Observation[], count: number) => Observation[]]> = [
  ['finished', bestFinished],
  ['pruned', bestStopped],
  ['failed', (all, count) => all.slice(0, count)],
];

/** A loss that is not a number is worse than every one that is. */
const losses = ({ losses: own }: Observation): Losses =>
  own!.map((loss) => (Number.isNaN(loss) ? Infinity : loss));

function bestFinished(finished: Observation[], count: number): Observation[] {
  if (count === 0) return [];
  if (count >= finished.length) return finished;
  const all = finished.map(losses);
  if (all[0]!.length === 1) {
    const least = leastOf(
      all.map(([loss]) => loss!),
      count,
    );
    return least.map((i) => finished[i]!);
  }
  const ranks = frontRanks(all, count);
  const chosen: number[] = [];
  for (let rank = 0; chosen.length < count; rank++) {
    const front = [...ranks.keys()].filter((i) => ranks[i] === rank);
    if (chosen.length + front.length <= count) {
      chosen.push(...front);
      continue;
    }
    const points = front.map((i) => all[i]!);
    const picked = chooseByHypervolume(points, count - chosen.length, referencePoint(points));
    chosen.push(...picked.map((i) => front[i]!));
  }
  return chosen.map((i) => finished[i]!);
}

/** The further the better, of equally far ones those that were better then. */
function bestStopped(stopped: Observation[], count: number): Observation[] {
  const all = stopped.map(losses);
  const ranks = all[0] && all[0].length > 1 ? frontRanks(all) : all.map(([loss]) => loss!);
  const epoch = (i: number) => stopped[i]!.epoch ?? -1;
  return rankBy(stopped, (a, b) => epoch(b) - epoch(a) || difference(ranks[a]!, ranks[b]!)).slice(0, count);
}

/** Infinity − Infinity has no order. */
const difference = (a: number, b: number): number => (a === b ? 0 : a - b);

/** Equal ones stay in their order. */
function rankBy(all: readonly Observation[], compare: (a: number, b: number) => number): Observation[] {
  return [...all.keys()].sort((a, b) => compare(a, b) || a - b).map((i) => all[i]!);
}

/** Indices of the `count` least values, the least first; of equal ones the first. */
function leastOf(values: readonly number[], count: number): number[] {
  const least: number[] = [];
  for (let i = 0; i < values.length; i++) {
    let at = least.length;
    while (at > 0 && values[i]! < values[least[at - 1]!]!) at--;
    if (at >= count) continue;
    least.splice(at, 0, i);
    if (least.length > count) least.pop();
  }
  return least;
}
