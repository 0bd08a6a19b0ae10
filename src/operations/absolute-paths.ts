import { resolve } from 'node:path';
import type { Experiment } from '../spec/index.ts';

/** A config whose data sets are found from any working folder: a run may be resumed from another one. */
export function withAbsolutePaths(config: Experiment, cwd = process.cwd()): Experiment {
  // A config of an older run may lack keys.
  const { path, sources = [] } = config.data;
  if (path === undefined && sources.length === 0) return config;
  return {
    ...config,
    data: {
      ...config.data,
      ...(path === undefined ? {} : { path: resolve(cwd, path) }),
      sources: sources.map((source) => ({ ...source, path: resolve(cwd, source.path) })),
    },
  };
}
