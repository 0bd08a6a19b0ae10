import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SweepObserver, TrialRow } from '../../orchestrator/index.ts';
import type { Tracker, TrackSweepOptions } from '../../tracking/index.ts';
import { exportForMlflow, wantsModel } from '../model-for-mlflow.ts';
import { ChartWriter } from './chart-writer.ts';

/** Seconds for which the end of a sweep waits for charts that are still to be drawn. */
const CHARTS = 60;

const hasReport = (sweepDir: string): boolean => existsSync(join(sweepDir, 'report.html'));

export interface AfterOptions extends TrackSweepOptions {
  /** Program and arguments of `facecom charts`. */
  charts: readonly string[];
  /** Jobs of a cluster send their runs themselves; what they did not send is sent at their end. */
  byJobs: boolean;
}

/** What follows a sweep's runs besides the views: their charts and reports, and MLflow. It never holds a trial up. */
export async function followRuns(options: AfterOptions) {
  const { bestRunOf, trackSweep } = await import('../../tracking/index.ts');
  const tracking = trackSweep(options);
  const charts = new ChartWriter(options.charts);
  const trackers = new Map<string, Tracker>();
  const metrics = new Map<string, number>();
  const open = new Set<Promise<void>>();
  let ended = 0;
  const finish = async (runDir: string) => {
    // A curve has at least two points.
    if ((metrics.get(runDir) ?? 0) > 1) await charts.write(runDir);
    metrics.delete(runDir);
    const tracker = trackers.get(runDir) ?? (options.byJobs ? tracking.run(runDir) : undefined);
    // Not waited for here: there is one limit for all of MLflow at the end.
    void tracker?.close({ timeout: 60 });
    trackers.delete(runDir);
  };
  const observer: Pick<SweepObserver, 'started' | 'event' | 'ended'> = {
    started: ({ runDir }) => {
      if (!options.byJobs && !trackers.has(runDir!)) trackers.set(runDir!, tracking.run(runDir!));
    },
    event: ({ runDir }, { type }) => {
      if (type === 'metric') metrics.set(runDir!, (metrics.get(runDir!) ?? 0) + 1);
    },
    ended: ({ runDir }: TrialRow) => {
      if (runDir === undefined) return;
      ended++;
      const done = finish(runDir).finally(() => open.delete(done));
      open.add(done);
    },
  };
  return {
    observer,
    /** The page of the sweep, once it is known. */
    get url() {
      return tracking.url;
    },
    /** Writes the sweep's report, and waits for charts and MLflow, for a while; less long where the user wants to be gone. Returns the page of the sweep. */
    async close({ stop, kill }: { stop: AbortSignal; kill: AbortSignal }): Promise<{ url?: string }> {
      const over = new AbortController();
      const signal = AbortSignal.any([kill, over.signal]);
      const patience = sleep((stop.aborted ? 5 : CHARTS) * 1000, undefined, { signal }).catch(() => {});
      if (!kill.aborted) await Promise.race([Promise.all(open), patience]);
      // What this call changed nothing in has its report already, unless others have trained all of its trials.
      if ((ended > 0 || !hasReport(options.sweepDir)) && !stop.aborted)
        await Promise.race([charts.write(options.sweepDir), patience]);
      over.abort();
      charts.close();
      const best = stop.aborted || !wantsModel(options.config) ? undefined : bestRunOf(options.sweepDir);
      if (best !== undefined) {
        await exportForMlflow(best, { note: options.note, signal: kill });
        void tracking.run(best).close();
      }
      return tracking.close({ timeout: stop.aborted ? 5 : 20, signal: kill });
    },
  };
}
