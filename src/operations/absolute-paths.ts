import { resolve } from 'node:path';
import type { Experiment } from '../spec/index.ts';
import { weightsFile } from './weights.ts';

/** A config whose data set and weights are found from any working folder: a run may be resumed from another one. */
export function withAbsolutePaths(
  config: Experiment,
  { cwd = process.cwd(), runs = 'runs' }: { cwd?: string; runs?: string } = {},
): Experiment {
  const { path } = config.data;
  const { weights } = config.model;
  return {
    ...config,
    ...(path === undefined ? {} : { data: { ...config.data, path: resolve(cwd, path) } }),
    ...(weights === undefined
      ? {}
      : { model: { ...config.model, weights: weightsFile(weights, { cwd, runs }) } }),
  };
}
