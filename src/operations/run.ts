import { basename, dirname } from 'node:path';
import { createRunFolder } from '../record/index.ts';
import { type ResolvedExperiment, readExperiment } from '../spec/index.ts';
import { trialId } from '../sweep/index.ts';
import { withAbsolutePaths } from './absolute-paths.ts';
import { executeRun, type RunResult, type WatchRun } from './execute-run.ts';
import { prepare } from './prepare.ts';
import { type Reporter, type Signals, signalsOf, silent } from './reporter.ts';

export interface RunOptions extends Partial<Signals> {
  /** Assignments such as `train.epochs=3`, where the experiment is given as a file. */
  set?: readonly string[];
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  report?: Reporter;
  watch?: WatchRun;
}

/**
 *   experiment ─▶ what it needs is there? ─▶ run folder ─▶ trainer ─▶ charts, MLflow ─▶ result
 *
 * Runs one experiment, a file or one that was read. A run that failed or was stopped is a result, not an error. Throws FacecomError with
 * exit code 2 if nothing could be launched.
 */
export async function run(spec: string | ResolvedExperiment, options: RunOptions = {}): Promise<RunResult> {
  const resolved = typeof spec === 'string' ? await readExperiment(spec, { set: options.set ?? [] }) : spec;
  const { runs = 'runs', report = silent } = options;
  const signals = signalsOf(options);
  const config = withAbsolutePaths(resolved.config, { runs });
  const prepared = await prepare(config, { report, signal: signals.stop });
  const dir = createRunFolder(
    { runs, name: config.name, trial: trialId(resolved.config, prepared.dataHash, prepared.weightsHash) },
    { config, spec: resolved.text, origins: resolved.origins, environment: prepared.environment },
  );
  return executeRun(
    { dir, id: runIdOf(dir), config },
    { runs, prepared, signals, report, watch: options.watch },
  );
}

/** `name/trial-attempt` of a run folder. */
export const runIdOf = (dir: string): string => `${basename(dirname(dir))}/${basename(dir)}`;
