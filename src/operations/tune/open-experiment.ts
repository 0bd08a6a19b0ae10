import { FacecomError } from '../../base/errors.ts';
import type { Dataset } from '../../data/index.ts';
import { type Experiment, readExperiment } from '../../spec/index.ts';
import { withAbsolutePaths } from '../absolute-paths.ts';
import { prepare } from '../prepare.ts';
import type { Reporter } from '../reporter.ts';
import { prepareProcess } from '../trained-run.ts';

export interface TuneOptions {
  /** Assignments such as `train.batch_size=16`. */
  set?: readonly string[];
  /** The chart to write: .png or .svg. */
  out: string;
  signal?: AbortSignal;
  report?: Reporter;
  onProgress?: (stage: 'decoding' | 'training', done: number, total: number) => void;
}

/** An experiment of the built-in trainer with all that it needs in place. Throws `tune-trainer`, and what `run` throws before a launch. */
export async function openExperiment(
  file: string,
  { set = [], report, signal }: { set?: readonly string[]; report: Reporter; signal: AbortSignal },
): Promise<Experiment> {
  const { config: read } = await readExperiment(file, { set });
  if (read.trainer.command !== undefined)
    throw new FacecomError('tune-trainer', 'Only the built-in trainer can be tuned.', {
      found: `trainer.command ${JSON.stringify(read.trainer.command)}`,
      expected: 'an experiment without trainer.command',
      remedy: 'Sweep the key of the external trainer: `facecom sweep SPEC --axis …`.',
      exitCode: 2,
    });
  const config = withAbsolutePaths(read);
  await prepare(config, { report, signal });
  prepareProcess(config);
  return config;
}

/** Its data set, decoded. */
export async function loadTraining(
  config: Experiment,
  {
    signal,
    report,
    onProgress,
  }: Pick<TuneOptions, 'onProgress'> & { report?: Reporter; signal: AbortSignal },
): Promise<Dataset> {
  const { loadDataset } = await import('../../data/index.ts');
  const dataset = await loadDataset(config.data, {
    seed: config.seed,
    signal,
    onProgress: ({ done, total }) => onProgress?.('decoding', done, total),
  });
  for (const warning of dataset.warnings) report?.warning(warning);
  return dataset;
}
