import { resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { findRun } from '../record/index.ts';
import { type Experiment, isForEvaluation, pathsOfFlags, resolveConfig } from '../spec/index.ts';
import { withAbsolutePaths } from './absolute-paths.ts';
import { runIdOf } from './run-id.ts';

/** The run that is meant by a path or name: `name/trial-attempt` and its folder. Throws `run-not-found`, `run-ambiguous`. */
export function trainedRun(text: string, runs: string): { id: string; dir: string } {
  const dir = resolve(findRun(runs, text));
  return { id: runIdOf(dir), dir };
}

/** The config of a run with `path=value` flags on it. Throws `set-trained` for a key that belongs to the trained model. */
export function changedConfig(config: Experiment, set: readonly string[] = []): Experiment {
  const fixed = pathsOfFlags(set).find((path) => !isForEvaluation(path));
  if (fixed !== undefined)
    throw new FacecomError('set-trained', '--set names a key that a trained model cannot change.', {
      found: fixed,
      expected:
        'data.path, data.source, data.cache, data.split.…, data.synthetic.…, evaluate.… or resources.…',
      remedy: 'Train another run for it.',
      exitCode: 2,
    });
  return withAbsolutePaths(resolveConfig(config, { set }));
}

/** Tells the native library, before it is loaded, to be quiet and which devices it may see. */
export function prepareProcess({ resources }: Experiment): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  if (resources.device === 'cpu') process.env.CUDA_VISIBLE_DEVICES = '-1';
}
