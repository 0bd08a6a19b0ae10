import { resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { withoutSecrets } from '../base/secrets.ts';
import { findRun, findTarget, readConfigPart } from '../record/index.ts';
import type { ConfigDifference } from '../report/index.ts';
import { inspectExperiment, SpecError } from '../spec/index.ts';
import { runIdOf } from './run-id.ts';

export interface DiffOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Assignments to keys of the experiment files. */
  set?: readonly string[];
}

export interface Diff {
  /** What each column is of: files, or runs by their ids. */
  names: string[];
  /** Values that are not the same in all, those that decide the result first. */
  differences: ConfigDifference[];
}

/** In which values experiment files and runs differ. Throws `run-not-found`, `run-ambiguous`, `diff-runs`, `compare-one`, and what a spec's reading does. */
export async function diff(texts: readonly string[], options: DiffOptions = {}): Promise<Diff> {
  if (texts.length < 2)
    throw new FacecomError('compare-one', 'There is nothing to compare.', {
      found: texts[0] ?? 'nothing',
      expected: 'two experiment files or runs, or more',
      remedy: 'Name another one.',
      exitCode: 2,
    });
  const { configDifferences } = await import('../report/index.ts');
  const found = [];
  for (const text of texts) found.push(await configOf(text, options));
  const differences = configDifferences(found.map(({ config }) => config));
  return {
    names: found.map(({ name }) => name),
    differences: differences.map((one) => ({ ...one, values: one.values.map(masked) })),
  };
}

async function configOf(
  text: string,
  { runs = 'runs', set = [] }: DiffOptions,
): Promise<{ name: string; config: object }> {
  if (/\.ya?ml$/i.test(text)) return { name: text, config: await specConfig(text, set) };
  const dir = runOf(runs, text);
  return { name: runIdOf(resolve(dir)), config: readConfigPart(dir) };
}

/** Its data may be given on the command line when it is run. */
async function specConfig(file: string, set: readonly string[]): Promise<object> {
  const { problems, resolved } = await inspectExperiment(file, { set });
  if (!resolved || problems.some(({ code }) => code !== 'rule-data-path')) throw new SpecError(problems);
  return resolved.config;
}

/** An experiment of which there is one trial stands for it. */
function runOf(runs: string, text: string): string {
  const { kind, dir } = findTarget(runs, text);
  if (kind === 'run') return dir;
  try {
    return findRun(runs, text);
  } catch (error) {
    if (!(error instanceof FacecomError) || error.code !== 'run-ambiguous') throw error;
    throw new FacecomError('diff-runs', `"${text}" is more than one run.`, {
      found: dir,
      expected: 'a run, or an experiment file',
      remedy: 'Name one of its runs, such as name/last; facecom compare takes sweeps, too.',
      exitCode: 2,
      cause: error,
    });
  }
}

const masked = (value: unknown): unknown => (typeof value === 'string' ? withoutSecrets(value) : value);
