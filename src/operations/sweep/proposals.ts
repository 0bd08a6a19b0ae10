import type { Board, Slot, TrialRow, Work } from '../../orchestrator/index.ts';
import {
  findSweep,
  lossesOf,
  lossToLine,
  meanLosses,
  type Objective,
  readSearch,
  type SearchEntry,
  SearchWriter,
} from '../../record/index.ts';
import type { Experiment } from '../../spec/index.ts';
import type { Search, Trial } from '../../sweep/index.ts';
import type { EarlyStopping } from './early-stopping.ts';
import {
  headerOf,
  outcomeOf,
  type RestoredSearch,
  restoreSearch,
  tellEarlierSweep,
} from './search-record.ts';

type Sweep = NonNullable<Experiment['sweep']>;
type TellEntry = Extract<SearchEntry, { type: 'told' }>;

export interface ProposalOptions {
  sweep: Sweep;
  search: Search;
  objectives: readonly Objective[];
  /** The sweep's folder, and that of all run folders. */
  folder: string;
  runs: string;
  stopping: EarlyStopping | undefined;
  note: (line: string) => void;
  /** Told of new trials before they are run. */
  added: (trials: readonly Trial[]) => void;
}

/** Failures that a trial's values led to. */
const ownFault: ReadonlySet<string> = new Set(['nan', 'oom']);

/** Points without a number among them that end a search. */
const HOPELESS = 10;

/**
 *   search.jsonl ─▶ told, proposed ─▶ what is not told yet ─▶ proposals on demand ─▶ search.jsonl
 *
 * The points of a search. Everything that decides a proposal is in search.jsonl before it is made, and the proposal before it is run.
 */
export class Proposals {
  readonly trials: Trial[] = [];
  /** Why the search ended before its budget. */
  halted: string | undefined;
  private readonly open: Work[] = [];
  private readonly writer: SearchWriter;
  private readonly points: RestoredSearch['points'];
  private readonly told: RestoredSearch['told'];
  private readonly spent: RestoredSearch['spent'];
  private since = performance.now();
  private board: Board | undefined;

  /** Takes up what is recorded. Throws FacecomError `search-changed` (exit code 2) where the spec cannot continue with it, and as findSweep does. */
  constructor(private readonly options: ProposalOptions) {
    const { folder, search } = options;
    const entries = readSearch(folder);
    const { points, told, spent } = restoreSearch(search, entries, options);
    this.points = points;
    this.told = told;
    this.spent = spent;
    this.trials.push(...points.flat());
    this.writer = new SearchWriter(folder);
    if (points.length === 0) this.begin(entries);
  }

  close(): void {
    this.writer.close();
  }

  /** What the record tells of the trials that were proposed. */
  compare(board: Board): void {
    this.board = board;
    for (const [number] of this.points.entries()) this.tell(number);
    this.since = performance.now();
  }

  next(): Work | 'wait' | undefined {
    const board = this.board!;
    const promoted = this.isOver() ? undefined : this.options.stopping?.promote(board);
    if (promoted) return promoted;
    const open = this.open.shift();
    if (open) return open;
    if (this.halted === undefined && this.hasBudget()) {
      const work = this.propose();
      if (work) return work;
    }
    return this.halted === undefined ? this.options.stopping?.next(board) : undefined;
  }

  /** A start of a trial has ended. */
  ended(row: TrialRow, seconds: number, { devices }: Slot): void {
    const now = performance.now();
    const spent = { seconds: (now - this.since) / 1000, device_seconds: seconds * devices.length };
    this.since = now;
    this.spend(spent);
    this.writer.write({ type: 'spent', ...spent });
    this.options.stopping?.ended(row);
    this.tell(row.trial.point);
  }

  /** Writes down what is known before the first proposal, as far as an earlier start has not. */
  private begin(entries: readonly SearchEntry[]): void {
    const { sweep, objectives, search, runs, note } = this.options;
    const told = new Set(entries.flatMap((entry) => (entry.type === 'earlier' ? [entry.run] : [])));
    const earlier = sweep.warm_start.map((name) => ({
      name,
      ...tellEarlierSweep(search, findSweep(runs, name), { objectives, except: told }),
    }));
    if (entries.length === 0) this.writer.write(headerOf(sweep, objectives));
    for (const { name, known, left } of earlier) {
      for (const entry of known) this.writer.write(entry);
      note(
        `${known.length} finished trials of ${name} are known from the start; ${left} are no points of this search.`,
      );
    }
  }

  private propose(): Work | undefined {
    const number = this.points.length;
    const trials = this.options.search.propose(number);
    if (!trials) {
      this.options.note('Every point of the space has been run, or is refused by its constraints.');
      this.halted = 'no point is left that was not run.';
      return undefined;
    }
    const [{ axes } = { axes: {} }] = trials;
    this.writer.write({ type: 'proposed', point: number, axes, trials: trials.map(({ id }) => id) });
    this.points[number] = trials;
    this.trials.push(...trials);
    this.options.added(trials);
    for (const trial of trials) this.board!.add(trial);
    this.open.push(...trials.map((trial) => ({ trial })));
    return this.open.shift();
  }

  private hasBudget(): boolean {
    const { trials = Infinity, budget = {}, repeats } = this.options.sweep;
    return (
      !this.isOver() &&
      this.points.length < trials &&
      this.trials.length + repeats <= (budget.trials ?? Infinity)
    );
  }

  /** Whether the time of the budget is used up. */
  isOver(): boolean {
    const { hours = Infinity, device_hours = Infinity } = this.options.sweep.budget ?? {};
    const seconds = this.spent.seconds + (performance.now() - this.since) / 1000;
    return seconds >= hours * 3600 || this.spent.device_seconds >= device_hours * 3600;
  }

  private spend({ seconds, device_seconds }: { seconds: number; device_seconds: number }): void {
    this.spent.seconds += seconds;
    this.spent.device_seconds += device_seconds;
  }

  /** Tells the search what became of a point once all its trials have ended, and writes it down. */
  private tell(number: number): void {
    const entry = this.outcome(number);
    if (!entry || this.told.get(number) === JSON.stringify(entry)) return;
    this.writer.write(entry);
    this.told.set(number, JSON.stringify(entry));
    this.options.search.tell(number, outcomeOf(entry));
    this.checkHope();
  }

  /** A search without a single number after some points has nothing to learn from. */
  private checkHope(): void {
    const told = [...this.told.values()].map((text) => JSON.parse(text) as TellEntry);
    const tells = ({ losses = [] }: TellEntry) => losses.some((loss) => loss !== null);
    if (told.length < HOPELESS || told.some(tells)) return;
    const names = this.options.objectives.map(({ metric }) => metric).join(', ');
    this.halted = `${told.length} points have ended and none has a number for ${names}.`;
  }

  private outcome(number: number): TellEntry | undefined {
    const rows = this.points[number]!.map(({ id }) => this.board!.row(id));
    const all = (...states: TrialRow['status'][]) => rows.filter(({ status }) => states.includes(status));
    if (all('finished', 'linked', 'pruned', 'failed').length < rows.length) return undefined;
    const { objectives, stopping } = this.options;
    const finished = all('finished', 'linked').map(({ metrics = {} }) => lossesOf(metrics, objectives));
    if (finished.length > 0)
      return { type: 'told', point: number, state: 'finished', losses: meanLosses(finished).map(lossToLine) };
    const pruned = all('pruned').flatMap(({ trial }) => stopping?.latest(trial.id) ?? []);
    if (pruned.length > 0) {
      const epoch = Math.max(...pruned.map((report) => report.epoch));
      const losses = meanLosses(pruned.filter((one) => one.epoch === epoch).map((one) => one.losses));
      return { type: 'told', point: number, state: 'pruned', epoch, losses: losses.map(lossToLine) };
    }
    // What was no fault of its values tells nothing of them.
    return rows.some(({ failure }) => failure && ownFault.has(failure.class))
      ? { type: 'told', point: number, state: 'failed' }
      : undefined;
  }
}
