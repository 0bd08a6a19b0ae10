import { Random } from '../../base/random.ts';
import type { Coordinate } from './coordinate.ts';
import { groupsOf } from './groups.ts';
import type { Observation } from './observation.ts';
import { ParzenEstimator } from './parzen.ts';
import { split } from './split.ts';

/**
 * Points drawn for a proposal: few and many in turn, where Optuna always draws 24. The best of many is close to what was best so far, that of few
 * keeps looking elsewhere; together they end in the wrong basin less often (`bench search`).
 */
const CANDIDATES = [8, 96] as const;

/** How many points a proposal is chosen from. */
export const candidateCount = (number: number): number => CANDIDATES[number % 2]!;

export interface Study {
  coordinates: readonly Coordinate[];
  objectives: number;
  observations: readonly Observation[];
}

/** Candidates for the coordinates of a group, the most promising first. */
export interface Ranked {
  coordinates: readonly number[];
  points: ReadonlyArray<Float64Array>;
  /** log l − log g. */
  scores: ArrayLike<number>;
}

/** Densities of the good observations and of the others over one group of coordinates. */
export interface Densities {
  group: readonly number[];
  good: ParzenEstimator;
  others: ParzenEstimator;
}

/**
 * The densities of every group. One objective has joint densities per group, several have each coordinate by itself: this is what
 * Optuna 5 was found best with.
 */
export function densitiesOf(
  { coordinates, objectives, observations }: Study,
  sharpness?: number,
): Densities[] {
  const { good, others } = split(observations, objectives);
  return groupsOf(coordinates.length, observations, objectives === 1).map((group) => {
    const own = group.map((i) => coordinates[i]!);
    const l = columns(good, group);
    return {
      group,
      good: new ParzenEstimator(own, l, {
        sharpness,
        ...(objectives > 1 ? { weights: new Float64Array(l[0]!.length).fill(1) } : {}),
      }),
      others: new ParzenEstimator(own, columns(others, group)),
    };
  });
}

/** Candidates of each group, drawn from the density of the good ones and ranked by how much likelier they are among them. */
export function candidates(
  densities: readonly Densities[],
  seed: number,
  number: number,
  round: number,
): Ranked[] {
  return densities.map(({ group, good, others }) => {
    const random = new Random(seed, 'tpe', number, round, group[0]!);
    const points = good.sample(random, candidateCount(number));
    const scores = acquisition({ good, others }, points);
    const order = [...points.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
    return {
      coordinates: group,
      points: order.map((i) => points[i]!),
      scores: order.map((i) => scores[i]!),
    };
  });
}

export function acquisition(
  { good, others }: Pick<Densities, 'good' | 'others'>,
  points: ReadonlyArray<ArrayLike<number>>,
): Float64Array {
  const l = good.logDensity(points);
  const g = others.logDensity(points);
  return l.map((value, i) => value - g[i]!);
}

/** Per coordinate of the group its values, of the observations that have them. */
function columns(observations: readonly Observation[], group: readonly number[]): Float64Array[] {
  const found = group.map(() => new Float64Array(observations.length));
  let n = 0;
  for (const { at } of observations) {
    let present = true;
    for (const i of group) if (Number.isNaN(at[i]!)) present = false;
    if (!present) continue;
    for (let c = 0; c < group.length; c++) found[c]![n] = at[group[c]!]!;
    n++;
  }
  return found.map((values) => values.subarray(0, n));
}
