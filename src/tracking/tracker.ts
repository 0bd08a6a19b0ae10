import type { Experiment } from '../spec/experiment.generated.ts';

/** How a tracker's end went. */
export interface Closed {
  /** Everything that the record holds has been sent, or nothing was to be sent (`tracking.mlflow: off`). */
  sent: boolean;
  /** The page of the run. */
  url?: string;
  /** Why not everything was sent, as a sentence. */
  reason?: string;
}

/** Sends a run's record to MLflow while the run goes on. It never throws and never delays the run. */
export interface Tracker {
  /** The page of the run, once it is known. */
  readonly url: string | undefined;
  /**
   * Sends the rest, waiting at most `timeout` seconds (20); what is not sent by then `facecom sync` sends later, which is said once
   * through `note`. Call it after the last entry of the run's state is written.
   */
  close(options?: { timeout?: number }): Promise<Closed>;
}

export interface TrackOptions {
  /** The folder of all run folders, where the local server keeps its data. */
  runs: string;
  config: Pick<Experiment, 'name' | 'tracking'>;
  /** Says a line to people. */
  note: (line: string) => void;
}

export interface TrackRunOptions extends TrackOptions {
  runDir: string;
}

/** What is known of a sweep; what is given later is added to what was given before. */
export interface SweepFacts {
  name?: string;
  description?: string;
  /** Such as `{method: 'grid', axes: {…}, objective: {…}}`: flattened by dotted path, never changed once given. */
  params?: Record<string, unknown>;
  /** The latest values, such as `{finished: 3, failed: 0, best: 0.91}`. */
  metrics?: Record<string, number>;
  tags?: Record<string, string>;
}

export interface TrackSweepOptions extends TrackOptions {
  /** Where the sweep keeps its own files. Those that lie directly in it, or in its `artifacts/`, are the artifacts of the parent run. */
  sweepDir: string;
  facts: SweepFacts;
}

/**
 * Shows a sweep as a parent run with its runs nested in it:
 *
 *     const sweep = trackSweep({ sweepDir, runs, config, note, facts: { params: { method: 'grid' } } });
 *     const tracker = sweep.run(runDir);       // when a trial starts; also for one that is continued
 *     await tracker.close();                   // when it has ended; or leave it out: sweep.close closes all
 *     sweep.update({ metrics: { finished: 1, 'best/val/combined': 0.9 } });
 *     await sweep.close({ status: 'finished' });
 */
export interface SweepTracker {
  readonly url: string | undefined;
  /** Follows one run of the sweep, as a child of the sweep's run. */
  run(runDir: string): Tracker;
  update(facts: SweepFacts): void;
  /** Closes the runs that are still open, then the sweep's own. */
  close(options: { status: 'finished' | 'failed' | 'stopped'; timeout?: number }): Promise<Closed>;
}

/** What the commands call; src/tracking/index.ts exports both. */
export type TrackRun = (options: TrackRunOptions) => Tracker;
export type TrackSweep = (options: TrackSweepOptions) => SweepTracker;
