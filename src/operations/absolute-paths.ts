import { resolve } from 'node:path';
import type { Experiment } from '../spec/index.ts';
import { weightsFile } from './weights.ts';

/** A config whose data sets and weights are found from any working folder: a run may be resumed from another one. */
export function withAbsolutePaths(
  config: Experiment,
  { cwd = process.cwd(), runs = 'runs' }: { cwd?: string; runs?: string } = {},
): Experiment {
  // A config of an older run may lack keys.
  const { path, sources = [] } = config.data;
  const weights = config.model?.weights;
  return {
    ...config,
    data: {
      ...config.data,
      ...(path === undefined ? {} : { path: resolve(cwd, path) }),
      ...(sources.length === 0
        ? {}
        : { sources: sources.map((source) => ({ ...source, path: resolve(cwd, source.path) })) }),
    },
    ...(weights === undefined
      ? {}
      : { model: { ...config.model, weights: weightsFile(weights, { cwd, runs }) } }),
  };
}
