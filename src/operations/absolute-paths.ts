import { isAbsolute, resolve } from 'node:path';
import type { Experiment } from '../spec/index.ts';

/** A config whose data set is found from any working folder: a run may be resumed from another one. */
export function withAbsolutePaths(config: Experiment, cwd = process.cwd()): Experiment {
  const { path } = config.data;
  if (path === undefined || isAbsolute(path)) return config;
  return { ...config, data: { ...config.data, path: resolve(cwd, path) } };
}
