import { join } from 'node:path';
import { findSweep, readSearch } from '../../record/index.ts';
import type { ResolvedExperiment } from '../../spec/index.ts';
import { type Expansion, Search, type Trial } from '../../sweep/index.ts';
import type { expandTrials } from '../expand-trials.ts';
import { objectivesOf } from './context.ts';
import { restoreSearch, tellEarlierSweep } from './search-record.ts';

/** What can be said of a search before it runs. */
export interface SearchOutlook {
  /** Those that were proposed; of a search that was not begun the first ones, which do not follow from results. */
  trials: Trial[];
  /** Points that were proposed, and those of them that have ended. */
  proposed: number;
  ended: number;
  /** Points in all; undefined if it ends by time alone. */
  planned: number | undefined;
  /** As many trials as are planned, for a forecast: those that are known and others of the same space. */
  likely: Trial[];
}

type Expanded = Awaited<ReturnType<typeof expandTrials>>;

/** Points that are drawn before there is enough to learn from. */
const FIRST = 10;

/**
 * What was proposed of a search, or would be at first, and how much is planned. Undefined if the spec's method does not learn. Throws
 * FacecomError `search-changed` (exit code 2) where the spec cannot continue the search that was begun.
 */
export function searchOutlook(
  spec: ResolvedExperiment,
  expanded: Expanded,
  runs: string,
): SearchOutlook | undefined {
  const { sweep, config } = spec;
  const search = Search.of(spec, { dataHash: expanded.hashOf, weightsHash: expanded.weightsHashOf });
  if (!sweep || !search) return undefined;
  const objectives = objectivesOf(spec);
  const { points, told } = restoreSearch(search, readSearch(join(runs, config.name)), {
    sweep,
    objectives,
  });
  const planned = plannedPoints(sweep, expanded);
  const trials = points.flat();
  if (points.length === 0) {
    const earlier = sweep.warm_start.reduce(
      (sum, name) => sum + tellEarlierSweep(search, findSweep(runs, name), { objectives }).known.length,
      0,
    );
    const first = Math.min(Math.max(1, FIRST - earlier), planned ?? FIRST);
    for (let number = 0; number < first; number++) trials.push(...(search.propose(number) ?? []));
  }
  return {
    ...{ trials, planned, proposed: points.length, ended: told.size },
    likely: likelyTrials(sweep, expanded, trials),
  };
}

/** Trials of a search in all; undefined if its time alone ends it. */
export function plannedTrials(
  sweep: NonNullable<ResolvedExperiment['sweep']>,
  expansion: Pick<Expansion, 'points' | 'warnings'>,
): number | undefined {
  const points = plannedPoints(sweep, expansion);
  return points === undefined ? undefined : points * sweep.repeats;
}

function plannedPoints(
  { trials, budget, repeats }: NonNullable<ResolvedExperiment['sweep']>,
  { points, warnings }: Pick<Expansion, 'points' | 'warnings'>,
): number | undefined {
  const limits = [
    ...(trials === undefined ? [] : [trials]),
    ...(budget?.trials === undefined ? [] : [Math.floor(budget.trials / repeats)]),
    // A space that has fewer.
    ...(warnings.some(({ code }) => code === 'sweep-exhausted') ? [points] : []),
  ];
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** The trials of a search as far as they are known, and others of its space up to those that are planned; none if only time ends it. */
export function likelyTrials(
  sweep: NonNullable<ResolvedExperiment['sweep']>,
  expansion: Expansion,
  known: readonly Trial[],
): Trial[] {
  const planned = plannedPoints(sweep, expansion);
  if (planned === undefined) return [];
  const ids = new Set(known.map(({ id }) => id));
  const others = expansion.trials.filter(({ id }) => !ids.has(id));
  const likely = [...known];
  for (let i = 0; likely.length < planned * sweep.repeats && others.length > 0; i++)
    likely.push(others[i % others.length]!);
  return likely;
}
