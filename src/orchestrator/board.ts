import type { Event, RunSummary } from '../record/index.ts';
import type { Trial } from '../sweep/index.ts';
import type { Failure } from './classify.ts';

/** `linked`: finished in another sweep. `retrying`: waits before it is started again. */
export type TrialStatus = 'waiting' | 'running' | 'retrying' | 'finished' | 'failed' | 'stopped' | 'linked';

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
  metrics?: Record<string, number>;
}

/** The trials of a sweep and where each stands: what views and summaries are made of. */
export class Board {
  readonly rows: TrialRow[];
  private readonly byId: Map<string, TrialRow>;
  private readonly objective: { metric: string; mode: 'min' | 'max' };

  constructor(trials: readonly Trial[], objective: { metric: string; mode: 'min' | 'max' }) {
    this.objective = objective;
    this.rows = trials.map((trial) => ({
      trial,
      status: 'waiting',
      earlier: false,
      devices: [],
      retries: 0,
    }));
    this.byId = new Map(this.rows.map((row) => [row.trial.id, row]));
  }

  row(id: string): TrialRow {
    return this.byId.get(id)!;
  }

  /** A run that was there before. */
  found(id: string, run: RunSummary, status: 'finished' | 'failed' | 'linked'): void {
    const row = this.row(id);
    row.status = status;
    row.earlier = true;
    row.runDir = run.dir;
    row.retries = run.retries;
    row.value = run.metrics[this.objective.metric];
    if (run.seconds !== undefined) row.seconds = run.seconds;
    if (status === 'failed') row.failure = { class: run.class ?? 'code', message: run.message ?? '' };
    else row.metrics = run.metrics;
  }

  /** The objective's value among a run's metrics. */
  valueOf(metrics: Readonly<Record<string, number>>): number | undefined {
    return metrics[this.objective.metric];
  }

  event(row: TrialRow, event: Event): void {
    if (event.type === 'progress') {
      row.stage = event.stage;
      row.epoch = event.epoch ?? row.epoch;
      row.epochs = event.epochs ?? row.epochs;
      row.rate = event.images_per_second ?? row.rate;
      if (event.stage === undefined || event.stage === 'train')
        row.fraction = event.total > 0 ? Math.min(1, event.done / event.total) : undefined;
    }
    if (event.type === 'metric') {
      row.epoch = event.epoch;
      const value = event.values[this.objective.metric];
      if (value !== undefined && !Number.isNaN(value)) row.value = this.better(row.value, value);
    }
  }

  private better(a: number | undefined, b: number): number {
    if (a === undefined || Number.isNaN(a)) return b;
    return this.objective.mode === 'min' ? Math.min(a, b) : Math.max(a, b);
  }

  counts(): Record<TrialStatus, number> {
    const counts = { waiting: 0, running: 0, retrying: 0, finished: 0, failed: 0, stopped: 0, linked: 0 };
    for (const { status } of this.rows) counts[status]++;
    return counts;
  }

  /** Seconds until the sweep is done, by what finished trials took; undefined before the first. */
  secondsLeft(slots: number): number | undefined {
    const measured = this.rows.flatMap(({ seconds, status }) =>
      seconds !== undefined && (status === 'finished' || status === 'linked') ? [seconds] : [],
    );
    const now = performance.now();
    // A long first trial tells its own pace before any has finished.
    for (const { status, fraction, since } of this.rows)
      if (status === 'running' && since !== undefined && (fraction ?? 0) > 0.1 && measured.length === 0)
        measured.push((now - since) / 1000 / fraction!);
    if (measured.length === 0) return undefined;
    const mean = measured.reduce((a, b) => a + b, 0) / measured.length;
    let work = 0;
    for (const { status, fraction, since } of this.rows) {
      if (status === 'waiting' || status === 'retrying') work += mean;
      if (status === 'running') {
        const spent = since === undefined ? 0 : (now - since) / 1000;
        const whole = fraction && fraction > 0.2 ? spent / fraction : Math.max(mean, spent);
        work += whole - spent;
      }
    }
    return work / Math.max(1, slots);
  }
}
