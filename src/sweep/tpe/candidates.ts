import { Random } from '../../base/random.ts';
import type { Coordinate } from './coordinate.ts';
import { groupsOf } from './groups.ts';
import { type Manner, optuna } from './manner.ts';
import type { Observation } from './observation.ts';
import { ParzenEstimator } from './parzen.ts';
import { split } from './split.ts';

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
  { sharpness, byBranch }: Manner = optuna,
): Densities[] {
  const all = byBranch ? undefined : split(observations, objectives);
  return groupsOf(coordinates.length, observations, objectives === 1).map((group) => {
    const own = group.map((i) => coordinates[i]!);
    const { good, others } = all ?? split(withGroup(observations, group), objectives);
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
  { seed, number, round, count }: { seed: number; number: number; round: number; count: number },
): Ranked[] {
  return densities.map(({ group, good, others }) => {
    const random = new Random(seed, 'tpe', number, round, group[0]!);
    const points = good.sample(random, count);
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

/** The observations that have all coordinates of a group. */
const withGroup = (observations: readonly Observation[], group: readonly number[]): Observation[] =>
  observations.filter(({ at }) => !group.some((i) => Number.isNaN(at[i]!)));

/** Per coordinate of the group its values, of the observations that have them. */
function columns(observations: readonly Observation[], group: readonly number[]): Float64Array[] {
  const here = withGroup(observations, group);
  return group.map((coordinate) => Float64Array.from(here, ({ at }) => at[coordinate]!));
}
