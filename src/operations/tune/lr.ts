import { FacecomError } from '../../base/errors.ts';
import type { RatePoint, RateSuggestion } from '../../trainer/index.ts';
import { silent } from '../reporter.ts';
import { loadTraining, openExperiment, type TuneOptions } from './open-experiment.ts';

export interface TuneLrOptions extends TuneOptions {
  /** The first learning rate; 1e-7 if left out. */
  from?: number;
  /** The last one, unless the loss diverges before; 10 if left out. */
  to?: number;
  /** Steps of the optimizer; 100 if left out. */
  steps?: number;
}

export interface TunedLr {
  points: RatePoint[];
  /** Whether the loss rose to four times its lowest, which ended the test. */
  diverged: boolean;
  /** Undefined if the loss never fell. */
  suggestion?: RateSuggestion;
  /** The lines for the experiment. */
  yaml?: string;
  chart: string;
  seconds: number;
}

/**
 *   experiment ─▶ data set, network ─▶ steps with rising learning rates ─▶ where the loss falls fastest ─▶ chart, YAML
 *
 * A learning-rate range test (Smith, 2017) with the experiment's own batches, augmentation and optimizer; no run is made. Throws what
 * `run` throws before a launch, `tune-trainer`, `tune-range`, `tune-out`.
 */
export async function tuneLr(file: string, options: TuneLrOptions): Promise<TunedLr> {
  const started = performance.now();
  const { out, report = silent, signal = new AbortController().signal, onProgress } = options;
  const { from = 1e-7, to = 10, steps = 100 } = options;
  if (!(from > 0 && from < to))
    throw new FacecomError('tune-range', 'The learning rates do not rise.', {
      found: `from ${from} to ${to}`,
      expected: 'from above 0, and to above from',
      exitCode: 2,
    });
  const { checkChartFile, writeRateChart } = await import('../../report/index.ts');
  checkChartFile(out);
  const config = await openExperiment(file, { ...options, report, signal });
  const dataset = await loadTraining(config, { report, signal, onProgress });
  const { learnerSettings, rangeTest, suggestRate } = await import('../../trainer/index.ts');
  const { openLearner } = await import('../../model/index.ts');
  const learner = await openLearner(config, await learnerSettings(config, dataset));
  const { points, diverged } = await rangeTest(
    { config, dataset, learner, signal },
    { from, to, steps, onStep: (done, total) => onProgress?.('training', done, total) },
  ).finally(() => learner.dispose());
  const suggestion = suggestRate(points);
  const chart = await writeRateChart(out, { name: config.name, points, suggestion });
  return {
    points,
    diverged,
    ...(suggestion ? { suggestion, yaml: `optimizer: { lr: ${Number(suggestion.lr.toPrecision(2))} }` } : {}),
    chart,
    seconds: (performance.now() - started) / 1000,
  };
}
