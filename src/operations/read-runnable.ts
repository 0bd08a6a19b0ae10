import { statSync } from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { findRun, readConfig, readEnvironment, useRecordedPlugins } from '../record/index.ts';
import { type ResolvedExperiment, readExperiment } from '../spec/index.ts';

export interface Runnable {
  spec: ResolvedExperiment;
  /** The folder of the run that is repeated. */
  repeats?: string;
  /** What relative paths of its trainer are relative to. */
  cwd: string;
}

/**
 * What `facecom run` is given: an experiment file, or a run, by its folder or name, whose config is run again. Throws SpecError and
 * what findRun throws.
 */
export async function readRunnable(
  text: string,
  { set = [], runs = 'runs' }: { set?: readonly string[]; runs?: string } = {},
): Promise<Runnable> {
  const repeats = runMeant(text, runs);
  if (repeats === undefined) return { spec: await readExperiment(text, { set }), cwd: process.cwd() };
  await useRecordedPlugins(repeats, readConfig(repeats));
  const cwd = readEnvironment(repeats).cwd ?? process.cwd();
  const spec = await readExperiment(join(repeats, 'config.json'), { set });
  return { spec, repeats, cwd };
}

function runMeant(text: string, runs: string): string | undefined {
  if (/\.(ya?ml|json)$/i.test(text)) return undefined;
  const found = statSync(text, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) return undefined;
  try {
    return findRun(runs, text);
  } catch (error) {
    if (error instanceof FacecomError && error.code === 'run-not-found') return undefined;
    throw error;
  }
}
