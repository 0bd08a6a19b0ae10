import { isDeepStrictEqual } from 'node:util';
import type { Board, TrialRow, Work } from '../../orchestrator/index.ts';
import { type Objective, type SweepTrial, seedDifference } from '../../record/index.ts';
import type { Experiment } from '../../spec/index.ts';
import { type Trial, trialId } from '../../sweep/index.ts';
import { type Point, pointsOf } from './points.ts';

type Sweep = NonNullable<Experiment['sweep']>;

export interface MoreSeedsOptions {
  sweep: Pick<Sweep, 'repeats' | 'budget'>;
  until: NonNullable<Sweep['until']>;
  objective: Objective;
  dataHash: (config: Experiment) => string | undefined;
  weightsHash: (config: Experiment) => string | undefined;
  /** Whether the time of the budget is used up. */
  isOver?: () => boolean;
  note: (line: string) => void;
  /** Told of new trials before they are run. */
  added: (trials: readonly Trial[]) => void;
}

/**
 *   every trial has ended ─▶ points that the best is not shown to be better than ─▶ one seed more for them and the best ─┐
 *        ▲───────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 *
 * More seeds for the leading points of a sweep (`until`). What it decides follows from the results, so that after a crash it decides the same.
 */
export class MoreSeeds {
  /** Trials beyond the sweep's repeats. */
  readonly trials: Trial[] = [];
  private readonly open: Work[] = [];
  private over = false;

  constructor(private readonly options: MoreSeedsOptions) {}

  /** Takes up those that an earlier start has added to points that are still the sweep's. */
  restore(earlier: readonly SweepTrial[], trials: readonly Trial[]): void {
    const firsts = new Map(
      trials.filter(({ repeat }) => repeat === 0).map((trial) => [keyOf(trial.axes), trial]),
    );
    for (const { id, axes, repeat } of earlier) {
      const first = firsts.get(keyOf(axes));
      if (repeat < this.options.sweep.repeats || !first) continue;
      const trial = this.trialOf(first, repeat);
      if (trial.id === id) this.trials.push(trial);
    }
  }

  /** More to do once all trials have ended. */
  next(board: Board): Work | 'wait' | undefined {
    const open = this.open.shift();
    if (open) return open;
    if (this.over) return undefined;
    if (board.rows.some(({ status }) => atWork.has(status))) return 'wait';
    const points = this.leading(board);
    if (points.length === 0) {
      this.over = true;
      return undefined;
    }
    const trials = points.map(({ trials: own }) => {
      const rows = own.map(({ row }) => row.trial);
      const most = rows.reduce((a, { repeat }) => Math.max(a, repeat), 0);
      return this.trialOf(rows.find(({ repeat }) => repeat === 0) ?? rows[0]!, most + 1);
    });
    this.trials.push(...trials);
    this.options.added(trials);
    for (const trial of trials) board.add(trial);
    this.open.push(...trials.map((trial) => ({ trial })));
    return this.open.shift();
  }

  /** The points that get one seed more; none if the best is clear or there is nothing left to spend. */
  private leading(board: Board): Point[] {
    const { objective, until, note, sweep, isOver } = this.options;
    const points = pointsOf(board, objective).filter(({ result }) => result);
    const [best, ...others] = points;
    if (!best) return [];
    const rivals = others.filter((other) => isRival(best, other, until.ci));
    const seeds = best.values.length;
    if (rivals.length === 0) {
      if (others.length > 0) note(`until: the best is clear, with ${seeds} seeds.`);
      return [];
    }
    const left = [best, ...rivals].filter(({ trials }) => trials.length < until.max_repeats);
    const unclear = `${rivals.length + 1} points are not told apart`;
    if (!left.includes(best) && rivals.every((rival) => !left.includes(rival))) {
      note(`until: ${unclear} by ${until.max_repeats} seeds, the most that were asked for.`);
      return [];
    }
    // Those with fewer seeds first: pairs of the same seeds tell most.
    const fewest = Math.min(...left.map(({ trials }) => trials.length));
    const chosen = left.filter(({ trials }) => trials.length === fewest);
    if (isOver?.() || board.rows.length + chosen.length > (sweep.budget?.trials ?? Infinity)) {
      note(`until: ${unclear}, and the budget is used up.`);
      return [];
    }
    note(`until: ${unclear}: one seed more for ${chosen.length} of them.`);
    return chosen;
  }

  private trialOf(first: Trial, repeat: number): Trial {
    const { dataHash, weightsHash } = this.options;
    const seed = first.seed + repeat - first.repeat;
    const config = { ...first.config, seed };
    return { ...first, id: trialId(config, dataHash(config), weightsHash(config)), config, seed, repeat };
  }
}

const atWork: ReadonlySet<TrialRow['status']> = new Set(['running', 'retrying']);

/** Whether the best is neither shown to be better than another point nor, within `ci`, as good. */
function isRival(best: Point, other: Point, ci: number): boolean {
  const difference = seedDifference(valuesOf(best), valuesOf(other));
  if (!difference?.interval) return true;
  const [low, high] = difference.interval;
  const shown = low > 0 || high < 0;
  const same = low >= -ci && high <= ci;
  return !shown && !same;
}

const valuesOf = ({ trials }: Point) =>
  trials.flatMap(({ finished, value, seed }) =>
    finished && value !== undefined && Number.isFinite(value) ? [{ seed, value }] : [],
  );

const keyOf = (axes: object): string => JSON.stringify(Object.entries(axes).sort());

/** Whether a trial of a manifest is one that `until` has added to a point that is still there. */
export function isMoreSeeds(
  trial: SweepTrial,
  { sweep, trials }: { sweep: Pick<Sweep, 'repeats' | 'until'> | undefined; trials: readonly Trial[] },
): boolean {
  return (
    sweep?.until !== undefined &&
    trial.repeat >= sweep.repeats &&
    trials.some(({ axes }) => isDeepStrictEqual({ ...axes }, { ...trial.axes }))
  );
}
