import type { Work } from '../../orchestrator/index.ts';
import { changeConfig, createRunFolder, type Environment } from '../../record/index.ts';
import type { Experiment, ResolvedExperiment } from '../../spec/index.ts';
import { trialOrigins } from '../../sweep/index.ts';
import { reopenRun } from '../reopen-run.ts';

export interface RunFolderOptions {
  /** Folder of the run folders. */
  runs: string;
  spec: ResolvedExperiment;
  /** The trial's, with paths that hold from any folder. */
  config: Experiment;
  /** What is the same for all trials. */
  environment: Environment;
  dataHash: string | undefined;
  weightsHash: string | undefined;
  /** Micro-batches a step that it takes to fit, where they are more than the spec says. */
  accumulation?: number;
  cwd: string;
}

/** The folder of a trial's run: a new one, or the one that continues, with what the spec says now of what does not decide its result. */
export function openRunFolder({ trial, run }: Work, options: RunFolderOptions): string {
  if (run) {
    reopenRun(run, options.config);
    return run.dir;
  }
  const dir = createRunFolder(
    { runs: options.runs, name: options.config.name, trial: trial.id },
    {
      config: options.config,
      spec: options.spec.text,
      origins: trialOrigins(options.spec, trial),
      environment: {
        ...options.environment,
        seed: trial.seed,
        ...(options.dataHash === undefined ? {} : { data_hash: options.dataHash }),
        ...(options.weightsHash === undefined ? {} : { weights_hash: options.weightsHash }),
      },
    },
  );
  if (options.accumulation !== undefined)
    changeConfig(dir, { 'train.accumulation': options.accumulation }, 'oom');
  return dir;
}
