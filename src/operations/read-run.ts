import { findRun, type RunRecord, readRun as readFolder } from '../record/index.ts';

/**
 * The record of a run, read whole: its config, states, metrics, scores and artifacts. `run` is a path, a name (`name/trial-attempt`), a
 * part of one, or `last`. Throws FacecomError `run-not-found` or `run-ambiguous`.
 */
export function readRun(run: string, { runs = 'runs' }: { runs?: string } = {}): RunRecord {
  return readFolder(findRun(runs, run));
}
