import type { Experiment } from '../spec/index.ts';

/** How a tracker's end went. */
export interface Closed {
  /** Everything that the record holds has been sent, or nothing was to be sent (`tracking.mlflow: off`). */
  sent: boolean;
  /** The page of the run. */
  url?: string;
  /** Why not everything was sent, as a sentence. */
  reason?: string;
}

/** Sends a run's record to MLflow while the run continues. It never throws and never delays the run. */
export interface Tracker {
  /** The page of the run, once it is known. */
  readonly url: string | undefined;
  /**
   * Sends the rest, waiting at most `timeout` seconds; what is not sent by then `facecom sync` sends later, which is reported once
   * through `note`. Call it after the last entry of the run's state is written.
   */
  close(options?: CloseOptions): Promise<Closed>;
}

export interface CloseOptions {
  /** Seconds; 20 by default. */
  timeout?: number;
  /** Aborted: nothing is waited for. */
  signal?: AbortSignal;
}

/** `tracking` of a config, as far as it is needed here. */
export type TrackingConfig = Pick<Experiment['tracking'], 'mlflow' | 'experiment'> &
  Partial<Experiment['tracking']>;

export interface TrackOptions {
  /** The folder of all run folders, where the local server keeps its data. */
  runs: string;
  config: Pick<Experiment, 'name'> & Partial<Pick<Experiment, 'trainer'>> & { tracking: TrackingConfig };
  /** Says a line to people. */
  note: (line: string) => void;
}

export interface TrackRunOptions extends TrackOptions {
  runDir: string;
}

export interface TrackSweepOptions extends TrackOptions {
  /** `<runs>/<name>`, with its sweep.json and the folders of its runs. */
  sweepDir: string;
}

/**
 * Shows a sweep as a parent run with its runs nested in it. All that is shown is read from the folders: sweep.json and the runs.
 *
 *     const sweep = trackSweep({ sweepDir, runs, config, note });   // once sweep.json is written
 *     const tracker = sweep.run(runDir);   // when a run starts, or continues
 *     void tracker.close();                // when it has ended; nothing has to wait for it
 *     const { url } = await sweep.close(); // at the end: closes the runs that are still open, then the sweep
 */
export interface SweepTracker {
  readonly url: string | undefined;
  /** Follows one run of the sweep, as a child of the sweep's run. */
  run(runDir: string): Tracker;
  close(options?: CloseOptions): Promise<Closed>;
}

/** What the commands call; src/tracking/index.ts exports both. */
export type TrackRun = (options: TrackRunOptions) => Tracker;
export type TrackSweep = (options: TrackSweepOptions) => SweepTracker;
export type TrackRunOfSweep = (options: TrackRunOptions & Pick<TrackSweepOptions, 'sweepDir'>) => Tracker;
