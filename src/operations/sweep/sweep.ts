import { type ResolvedExperiment, readExperiment } from '../../spec/index.ts';
import { Undoing } from '../undoing.ts';
import { openAdaptive } from './adaptive.ts';
import { compareWithRecord } from './compare-with-record.ts';
import { contextOf, lockFolder, type SweepOptions } from './context.ts';
import { divideMachine, openLauncher, placesOn } from './division.ts';
import type { SweepResult } from './result.ts';
import { runTrials } from './run-trials.ts';
import { listTrials, prepareFirst } from './trials.ts';

/**
 *   spec ─▶ trials with ids ─▶ lock ─▶ what is there already ─▶ slots ─▶ trainers ─▶ charts, MLflow ─▶ result
 *                                        search.jsonl ─▶ proposals ◀────────┘ what came of them, for a method that learns
 *
 * Runs the trials of a spec's sweep that are not finished; the spec is a file, or one that was read. Throws FacecomError with exit code 2 if nothing could be launched.
 */
export async function sweep(
  given: string | ResolvedExperiment,
  options: SweepOptions = {},
): Promise<SweepResult> {
  const { set = [], cwd = process.cwd() } = options;
  const spec = typeof given === 'string' ? await readExperiment(given, { set, cwd }) : given;
  const undoing = new Undoing();
  try {
    const context = contextOf(spec, options, undoing);
    const trials = await listTrials(context);
    const prepared = await prepareFirst(context, trials);
    await lockFolder(context);
    const cluster = await openLauncher(context);
    const adaptive = openAdaptive(context, trials);
    const { board, plan } = await compareWithRecord(context, trials, adaptive);
    const divided = cluster
      ? { places: placesOn(cluster, context, trials, adaptive), gpus: [], tried: [] }
      : await divideMachine(context, prepared, trials, board);
    return await runTrials(context, { trials, prepared, board, plan, ...divided, adaptive });
  } finally {
    await undoing.all();
  }
}
