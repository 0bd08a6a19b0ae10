import { Random } from '../../base/random.ts';
import type { Coordinate } from './coordinate.ts';
import { groupsOf } from './groups.ts';
import type { Observation } from './observation.ts';
import { ParzenEstimator } from './parzen.ts';
import { split } from './split.ts';

/** Points drawn for each choice. Optuna draws 24; with 64 the regret of `bench search` is an eighth lower. */
export const CANDIDATES = 64;

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
export function densitiesOf({ coordinates, objectives, observations }: Study): Densities[] {
  const { good, others } = split(observations, objectives);
  return groupsOf(coordinates.length, observations, objectives === 1).map((group) => {
    const own = group.map((i) => coordinates[i]!);
    const l = columns(good, group);
    return {
      group,
      good: new ParzenEstimator(own, l, objectives > 1 ? new Float64Array(l[0]!.length).fill(1) : undefined),
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
    const points = good.sample(random, CANDIDATES);
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
  const present = observations.filter(({ at }) => group.every((i) => !Number.isNaN(at[i]!)));
  return group.map((i) => Float64Array.from(present, ({ at }) => at[i]!));
}
