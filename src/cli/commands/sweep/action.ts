import { resolve } from 'node:path';
import { runTrials } from '../../../operations/index.ts';
import { readExperiment } from '../../../spec/index.ts';
import type { SweepOptions } from './command.ts';

/** Runs a spec's sweep, or goes on with it. Gives the exit code. */
export async function sweep(spec: string, options: SweepOptions): Promise<number> {
  const set = options.set ?? [];
  const resolved = await readExperiment(spec, { set });
  return runTrials(resolved, { ...options, spec: resolve(spec), set, cwd: process.cwd() });
}
