import { createRunFolder } from '../record/index.ts';
import type { ResolvedExperiment } from '../spec/index.ts';
import { trialId } from '../sweep/index.ts';
import { withAbsolutePaths } from './absolute-paths.ts';
import { type Attempt, chooseAttempt } from './choose-attempt.ts';
import { executeRun, keptResult, type RunResult, type WatchRun } from './execute-run.ts';
import { lockTrial } from './lock-trial.ts';
import { prepare } from './prepare.ts';
import { readRunnable } from './read-runnable.ts';
import { reopenRun } from './reopen-run.ts';
import { type Reporter, type Signals, signalsOf, silent } from './reporter.ts';
import { runIdOf } from './run-id.ts';

export interface RunOptions extends Partial<Signals> {
  /** Assignments such as `train.epochs=3`, where the experiment is given as a file. */
  set?: readonly string[];
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Run it again though it is finished, begun or at work already. */
  force?: boolean;
  /** What relative paths of the trainer are relative to; the working folder if left out. */
  cwd?: string;
  report?: Reporter;
  watch?: WatchRun;
}

/**
 *   experiment ─▶ what it needs is there? ─▶ run folder: new, or the one that was interrupted ─▶ trainer ─▶ charts, MLflow ─▶ result
 *
 * Runs one experiment: a file, one that was read, or a run, by its folder or name, that is repeated. One that is finished is kept unless
 * `force` asks for another. A run that failed or was stopped is a result, not an error. Throws FacecomError with exit code 2 if nothing
 * could be launched, `run-running` where the same is at work.
 */
export async function run(given: string | ResolvedExperiment, options: RunOptions = {}): Promise<RunResult> {
  const { runs = 'runs', report = silent, set = [] } = options;
  const runnable = typeof given === 'string' ? await readRunnable(given, { set, runs }) : { spec: given };
  const resolved = runnable.spec;
  const cwd = options.cwd ?? ('cwd' in runnable ? runnable.cwd : process.cwd());
  const force = options.force ?? ('repeats' in runnable && set.length === 0);
  const signals = signalsOf(options);
  const config = withAbsolutePaths(resolved.config, { runs, cwd });
  const prepared = await prepare(config, { report, signal: signals.stop, cwd });
  const trial = trialId(resolved.config, prepared.dataHash, prepared.weightsHash);
  const place = { runs, name: config.name, trial };
  const files = {
    ...{ config, spec: resolved.text, origins: resolved.origins },
    environment: prepared.environment,
  };
  // Two commands at once make one run.
  const { attempt, dir } = await lockTrial(place, signals.stop, () => {
    const attempt: Attempt = force ? { kind: 'new' } : chooseAttempt(place);
    return { attempt, dir: attempt.kind === 'new' ? createRunFolder(place, files) : attempt.run.dir };
  });
  if (attempt.kind === 'kept') {
    report.note(`${runIdOf(dir)} is finished already: this is its result. --force runs it again.`);
    return keptResult(runIdOf(dir), dir, attempt.run);
  }
  if (attempt.kind === 'continued') {
    report.note(`${runIdOf(dir)} was ${attempt.run.status}: it continues. --force begins another.`);
    reopenRun(attempt.run, config);
  }
  return executeRun(
    { dir, id: runIdOf(dir), config },
    { runs, prepared, signals, report, watch: options.watch, cwd },
  );
}
