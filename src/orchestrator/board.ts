import {
  type Event,
  type Objective,
  type RunSummary,
  secondsRemaining,
  trainedPart,
} from '../record/index.ts';
import type { Trial } from '../sweep/index.ts';
import type { Failure } from './classify.ts';

/**
 * `linked`: finished in another sweep. `retrying`: waits before it is started again. `pruned`: ended early by the sweep's stopping rule.
 */
export type TrialStatus =
  | 'waiting'
  | 'running'
  | 'retrying'
  | 'finished'
  | 'failed'
  | 'stopped'
  | 'pruned'
  | 'linked';

/** Where a trial of a sweep stands. */
export interface TrialRow {
  trial: Trial;
  status: TrialStatus;
  runDir?: string;
  /** Finished, or failed, before this command. */
  earlier: boolean;
  devices: string[];
  retries: number;
  /** Of the objective: the final value, or the best so far. */
  value?: number;
  epoch?: number;
  epochs?: number;
  /** 0 … 1. */
  fraction?: number;
  /** Images per second. */
  rate?: number;
  stage?: string;
  /** Seconds that a finished trial took. */
  seconds?: number;
  /** Milliseconds of performance.now() of the last start. */
  since?: number;
  failure?: Failure;
  /** Who stopped it, as a sentence, if it was not this orchestrator. */
  by?: string;
  metrics?: Record<string, number>;
}

/** The trials of a sweep and where each stands: what views and summaries are made of. */
export class Board {
  readonly rows: TrialRow[];
  private readonly byId: Map<string, TrialRow>;
  private readonly objective: Objective;
  /** The most that ran at the same time. */
  private atOnce = 0;

  /** `planned`: trials in all, if a search is yet to propose some of them. */
  constructor(
    trials: readonly Trial[],
    objective: Objective,
    private readonly planned = 0,
  ) {
    this.objective = objective;
    this.rows = trials.map(newRow);
    this.byId = new Map(this.rows.map((row) => [row.trial.id, row]));
  }

  /** A trial that a search has proposed. */
  add(trial: Trial): TrialRow {
    const row = newRow(trial);
    this.rows.push(row);
    this.byId.set(trial.id, row);
    return row;
  }

  /** Trials in all, those that a search is yet to propose, too; infinite if time alone ends it. */
  get total(): number {
    return Math.max(this.rows.length, this.planned);
  }

  /** Whether a trial was neither begun nor found; a search may yet propose one that is not here. */
  isOpen(id: string): boolean {
    return (this.byId.get(id)?.status ?? 'waiting') === 'waiting';
  }

  row(id: string): TrialRow {
    return this.byId.get(id)!;
  }

  /** A run that was there before. */
  found(id: string, run: RunSummary, status: 'finished' | 'failed' | 'linked' | 'pruned'): void {
    const row = this.row(id);
    row.status = status;
    row.earlier = true;
    row.runDir = run.dir;
    row.retries = run.retries;
    row.value = this.valueOf(run.metrics);
    if (run.epoch !== undefined) row.epoch = run.epoch;
    if (run.seconds !== undefined) row.seconds = run.seconds;
    if (status === 'failed') row.failure = { class: run.class ?? 'code', message: run.message ?? '' };
    else row.metrics = run.metrics;
  }

  /** The objective's value among a run's metrics. */
  valueOf(metrics: Readonly<Record<string, number>>): number | undefined {
    const { metric } = this.objective;
    return Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
  }

  event(row: TrialRow, event: Event): void {
    if (event.type === 'progress') {
      row.stage = event.stage;
      row.epoch = event.epoch ?? row.epoch;
      row.epochs = event.epochs ?? row.epochs;
      row.rate = event.images_per_second ?? row.rate;
      row.fraction = trainedPart(event) ?? row.fraction;
    }
    if (event.type === 'metric') {
      row.epoch = event.epoch;
      const value = this.valueOf(event.values);
      if (value !== undefined && !Number.isNaN(value)) row.value = this.better(row.value, value);
    }
  }

  private better(a: number | undefined, b: number): number {
    if (a === undefined || Number.isNaN(a)) return b;
    return this.objective.mode === 'min' ? Math.min(a, b) : Math.max(a, b);
  }

  counts(): Record<TrialStatus, number> {
    const counts: Record<TrialStatus, number> = {
      ...{ waiting: 0, running: 0, retrying: 0, finished: 0, failed: 0, stopped: 0, pruned: 0, linked: 0 },
    };
    for (const { status } of this.rows) counts[status]++;
    return counts;
  }

  /** Trials that have ended: finished here or elsewhere, failed, or pruned. */
  ended(): number {
    const { finished, linked, failed, pruned } = this.counts();
    return finished + linked + failed + pruned;
  }

  /** A trial has begun. */
  hasBegun(): void {
    const running = this.rows.filter(({ status }) => status === 'running').length;
    this.atOnce = Math.max(this.atOnce, running);
  }

  /** The time remaining in seconds; undefined before there is anything to go by, and if time alone ends the sweep. */
  secondsLeft(slots: number): number | undefined {
    if (!Number.isFinite(this.total)) return undefined;
    const now = performance.now();
    const { waiting, retrying } = this.counts();
    return secondsRemaining({
      finished: this.rows.flatMap(({ seconds, status }) =>
        seconds !== undefined && (status === 'finished' || status === 'linked') ? [seconds] : [],
      ),
      running: this.rows.flatMap(({ status, since = now, fraction }) =>
        status === 'running' ? [{ spent: (now - since) / 1000, fraction }] : [],
      ),
      waiting: waiting + retrying + this.total - this.rows.length,
      // Jobs that wait in a queue have places, too.
      slots: Math.min(slots, this.atOnce || slots),
    });
  }
}

const newRow = (trial: Trial): TrialRow => ({
  trial,
  status: 'waiting',
  earlier: false,
  devices: [],
  retries: 0,
});
