import { FacecomError } from '../../base/errors.ts';
import {
  lossesOf,
  lossOfLine,
  lossToLine,
  type Objective,
  readConfig,
  type SearchEntry,
  scanRuns,
} from '../../record/index.ts';
import type { Experiment, ResolvedExperiment } from '../../spec/index.ts';
import { learningSamplerOf, type Search, type SearchOutcome, type Trial } from '../../sweep/index.ts';

type Sweep = NonNullable<Experiment['sweep']>;
type Entry<T extends SearchEntry['type']> = Extract<SearchEntry, { type: T }>;

/** Whether a spec's trials follow from results. */
export const learns = ({ sweep }: Pick<ResolvedExperiment, 'sweep'>): boolean =>
  sweep !== undefined && learningSamplerOf(sweep) !== undefined;

/** What a search was begun with; its first line. */
export const headerOf = ({ method, seed, repeats }: Sweep, objectives: readonly Objective[]) =>
  ({
    type: 'search',
    version: 1,
    method,
    seed,
    objectives: objectives.map(({ metric, mode }) => ({ metric, mode })),
    repeats,
  }) as const;

/** What the lines of a search's record lead to. */
export interface RestoredSearch {
  /** The trials of each point, by its number. */
  points: Trial[][];
  /** Of each point that was told, its line. */
  told: Map<number, string>;
  /** Seconds that were spent. */
  spent: { seconds: number; device_seconds: number };
}

/** Tells a search all that its record holds. Throws FacecomError `search-changed` (exit code 2) where the spec cannot continue with it. */
export function restoreSearch(
  search: Search,
  entries: readonly SearchEntry[],
  { sweep, objectives }: { sweep: Sweep; objectives: readonly Objective[] },
): RestoredSearch {
  checkHeader(entries[0], headerOf(sweep, objectives));
  const restored: RestoredSearch = { points: [], told: new Map(), spent: { seconds: 0, device_seconds: 0 } };
  const { points, told, spent } = restored;
  for (const entry of entries) {
    if (entry.type === 'earlier')
      search.tellEarlier(entry.config as unknown as Experiment, entry.losses.map(lossOfLine));
    if (entry.type === 'spent') {
      spent.seconds += entry.seconds;
      spent.device_seconds += entry.device_seconds;
    }
    if (entry.type === 'told') {
      told.set(entry.point, JSON.stringify(entry));
      search.tell(entry.point, outcomeOf(entry));
    }
    if (entry.type !== 'proposed') continue;
    const trials = search.restore(entry.axes, entry.point);
    if (!trials || trials.some(({ id }, i) => id !== entry.trials[i]))
      throw changedError(
        'The trials of this search are others now: a key that decides results, or the data set, has changed.',
        {
          expected: `trial ${entry.trials[0]}`,
          found: trials
            ? `trial ${trials[0]!.id}, with the same axes`
            : `no trial with ${JSON.stringify(entry.axes)}`,
        },
      );
    points[entry.point] = trials;
  }
  return restored;
}

function checkHeader(header: SearchEntry | undefined, own: ReturnType<typeof headerOf>): void {
  if (!header || JSON.stringify(header) === JSON.stringify(own)) return;
  const before = header as typeof own;
  const keys = Object.keys(own) as Array<keyof typeof own>;
  const changed = keys.find((key) => JSON.stringify(before[key]) !== JSON.stringify(own[key]))!;
  throw changedError(`This search was begun with another sweep.${changed}.`, {
    expected: JSON.stringify(before[changed]),
    found: JSON.stringify(own[changed]),
  });
}

/** Tells a search the finished trials of an earlier sweep. Returns the lines that say so, and how many are no points of it. */
export function tellEarlierSweep(
  search: Search,
  folder: string,
  { objectives, except }: { objectives: readonly Objective[]; except?: ReadonlySet<string> },
): { known: Entry<'earlier'>[]; left: number } {
  const known: Entry<'earlier'>[] = [];
  let left = 0;
  for (const run of scanRuns(folder)) {
    if (run.status !== 'finished' || except?.has(run.dir)) continue;
    const config = readConfig(run.dir);
    const losses = lossesOf(run.metrics, objectives);
    if (losses.some(Number.isNaN) || !search.tellEarlier(config, losses)) left++;
    else
      known.push({
        ...{ type: 'earlier', run: run.dir, losses: losses.map(lossToLine) },
        config: config as unknown as Record<string, unknown>,
      });
  }
  return { known, left };
}

export function outcomeOf({ state, losses, epoch }: Entry<'told'>): SearchOutcome {
  return {
    state,
    ...(losses ? { losses: losses.map(lossOfLine) } : {}),
    ...(epoch === undefined ? {} : { epoch }),
  };
}

function changedError(message: string, values: { found: string; expected: string }): FacecomError {
  return new FacecomError('search-changed', message, {
    ...values,
    remedy:
      'Put it back, or give the sweep a new name; with sweep.warm_start it knows what this one has found.',
    exitCode: 2,
  });
}
