import { relative, resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { assign } from '../cli/commands/data/target.ts';
import { reportError } from '../cli/terminal/report-error.ts';
import { findRun, runName } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';

/** What every command on a trained run takes. */
export interface TrainedOptions {
  runs: string;
  set?: string[];
  json?: boolean;
}

/** The run that is meant, `name/trial-attempt` and its folder. */
export function trainedRun(text: string, runs: string): { id: string; runDir: string } {
  const runDir = resolve(findRun(runs, text));
  const name = runName(runDir);
  return { id: name ? `${name.name}/${name.trial}-${name.attempt}` : runDir, runDir };
}

/** Keys of an experiment that may differ from those that the run was trained with. */
const changeable = /^(?:data\.(?:source|path|cache|split|synthetic)|evaluate|resources)\b/;

/** The config of a run with `--set` on it. Throws `set-trained` for a key that belongs to the trained model. */
export async function changedConfig(config: Experiment, set: readonly string[] = []): Promise<Experiment> {
  const { resolveConfig } = await import('../spec/index.ts');
  const partial = structuredClone(config) as object;
  for (const assignment of set) {
    assign(partial, assignment);
    if (!changeable.test(assignment))
      throw new FacecomError('set-trained', '--set names a key that a trained model cannot change.', {
        found: assignment,
        expected:
          'data.path, data.source, data.cache, data.split.…, data.synthetic.…, evaluate.… or resources.…',
        remedy: 'Train another run for it.',
        exitCode: 2,
      });
  }
  const changed = resolveConfig(partial);
  const { path } = changed.data;
  return path === undefined ? changed : { ...changed, data: { ...changed.data, path: resolve(path) } };
}

/** Tells the native library, before it is loaded, to be quiet and which devices it may see. */
export function prepareProcess({ resources }: Experiment): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  if (resources.device === 'cpu') process.env.CUDA_VISIBLE_DEVICES = '-1';
}

/** Does the work and ends the process: the native library's threads would keep it alive. */
export async function thenExit(json: boolean, work: () => Promise<number>): Promise<never> {
  let code: number;
  try {
    code = await work();
  } catch (error) {
    code = reportError(error, json);
  }
  process.exit(code);
}

/** Says warnings on stderr. */
export function sayWarnings(warnings: readonly { code: string; message: string }[]): void {
  for (const { code, message } of warnings) process.stderr.write(`warning[${code}]: ${message}\n`);
}

/** Relative to the working folder where that is shorter. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || short === '' ? path : short;
}
