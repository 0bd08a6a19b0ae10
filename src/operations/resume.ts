import { basename, dirname, resolve as resolvePath } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { recordState } from '../orchestrator/index.ts';
import {
  findTarget,
  lockHolder,
  type RunSummary,
  readConfig,
  readEnvironment,
  readManifest,
  replaceConfig,
  runFoldersUnder,
  scanRun,
  tidyRunFolder,
  useRecordedPlugins,
} from '../record/index.ts';
import { readExperiment } from '../spec/index.ts';
import { executeRun, keptResult, type RunResult, type WatchRun } from './execute-run.ts';
import { type ChangedRun, changeRun, extendRun } from './extend-run.ts';
import { launcherAsSet } from './launcher-as-set.ts';
import { type Prepared, prepare } from './prepare.ts';
import { reopenRun } from './reopen-run.ts';
import { type Reporter, type Signals, signalsOf, silent } from './reporter.ts';
import { runIdOf } from './run-id.ts';
import type { WatchSweep } from './sweep/context.ts';
import type { SweepResult } from './sweep/result.ts';
import { sweep } from './sweep/sweep.ts';

export interface ResumeOptions extends Partial<Signals> {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Assignments such as `train.epochs=40`: of a run, what lets it train longer, or decides no result. */
  set?: readonly string[];
  /** Where trainers are started from now on: `local`, `slurm` or `ray`; as the record says if left out. */
  launcher?: string;
  /** Trials of a sweep at once at most. */
  maxParallel?: number;
  /** Run the trials of a sweep that failed again. */
  failed?: boolean;
  report?: Reporter;
  watchRun?: WatchRun;
  watchSweep?: WatchSweep;
}

export type Resumed =
  | { kind: 'run'; result: RunResult /** It was finished before. */; before: boolean }
  | { kind: 'sweep'; result: SweepResult };

/**
 * Continues a run from its last checkpoint, or a sweep with its trials that are not finished. `target` is a path or a name. With `set`
 * a run, also one that is finished, trains longer: as a run of its own, since it is another trial. Throws FacecomError with exit code 2
 * if there is nothing that could be continued.
 */
export async function resume(target: string, options: ResumeOptions = {}): Promise<Resumed> {
  const { kind, dir } = findTarget(options.runs ?? 'runs', target);
  if (kind === 'run') return resumeRun(dir, options);
  const manifest = readManifest(dir);
  if (!manifest) return resumeRun(onlyRunOf(dir), options);
  if (options.set?.length) throw setOfSweep(manifest.sweep, manifest.spec);
  const { spec: file, cwd } = manifest;
  const set = launcherAsSet(options.launcher, manifest.set);
  const spec = await readExperiment(file, { set, cwd });
  if (spec.config.name !== manifest.sweep) throw renamed(manifest.sweep, spec.config.name, file);
  const { maxParallel, failed, stop, kill, report } = options;
  const result = await sweep(spec, {
    ...{ maxParallel, failed, stop, kill, report },
    ...{ file, set, cwd, runs: dirname(dir), watch: options.watchSweep },
  });
  return { kind: 'sweep', result };
}

function setOfSweep(name: string, file: string): FacecomError {
  return new FacecomError('resume-set', `${name} is a sweep: --set is for one run.`, {
    place: { file },
    expected: 'a run: name/trial-attempt',
    remedy: 'Edit its spec and start it again with facecom sweep: what is finished is kept.',
    exitCode: 2,
  });
}

function renamed(before: string, now: string, file: string): FacecomError {
  return new FacecomError('resume-renamed', `The spec of the sweep ${before} has another name now.`, {
    place: { file },
    found: `name: ${now}`,
    expected: `name: ${before}`,
    remedy: 'Restore its name, or start it as another sweep with facecom sweep.',
    exitCode: 2,
  });
}

/** Of the runs of an experiment that is no sweep: the one that is not finished. */
function onlyRunOf(dir: string): string {
  const runs = runFoldersUnder(dir);
  const open = runs.filter((run) => scanRun(run)?.status !== 'finished');
  const one = open.length === 1 ? open[0] : runs.length === 1 ? runs[0] : undefined;
  if (one) return one;
  throw new FacecomError(
    'resume-which',
    `${basename(dir)} is no sweep, and has more than one run to resume, or none.`,
    {
      found: open.length === 0 ? 'every run is finished' : open.map((run) => basename(run)).join(', '),
      expected: 'one run, or a sweep',
      remedy: `Name the run: facecom resume ${basename(dir)}/<trial>-<attempt>; or start the sweep with facecom sweep SPEC.`,
      exitCode: 2,
    },
  );
}

/** Also a run that had failed is continued: it was asked for by name. */
async function resumeRun(folder: string, options: ResumeOptions): Promise<Resumed> {
  const dir = resolvePath(folder);
  const id = runIdOf(dir);
  const before = scanRun(dir);
  const { runs = 'runs', report = silent } = options;
  const set = runSet(dir, options);
  const signals = signalsOf(options);
  const cwd = readEnvironment(dir).cwd ?? process.cwd();
  if (set.length > 0) {
    refuseAtWork(id, before);
    await useRecordedPlugins(dir, readConfig(dir));
  }
  const changed = set.length > 0 ? await changeRun(dir, set, { runs, cwd }) : undefined;
  if (before?.status === 'finished' && !changed?.longer)
    return { kind: 'run', before: true, result: keptResult(id, dir, before) };
  refuseLocked(id, dir);
  const config = changed?.config ?? readConfig(dir);
  await useRecordedPlugins(dir, config);
  const prepared = await prepare(config, { report, signal: signals.stop, cwd });
  const start = { prepared, signals, cwd };
  if (changed?.longer) return resumeLonger(dir, changed, start, { ...options, set });
  tidyRunFolder(dir);
  if (changed) replaceConfig(dir, config, changed.origins);
  if (before?.status === 'failed') recordState(dir, { state: 'queued' });
  const result = await executeRun(
    { dir, id, config },
    { runs, prepared, signals, report, watch: options.watchRun, cwd },
  );
  return { kind: 'run', before: false, result };
}

/** A launcher that the record names already changes nothing: what runs there is adopted. */
function runSet(dir: string, { launcher, set = [] }: ResumeOptions): readonly string[] {
  const same = launcher !== undefined && readConfig(dir).resources.launcher.name === launcher;
  return launcherAsSet(same ? undefined : launcher, set);
}

async function resumeLonger(
  from: string,
  changed: ChangedRun,
  { prepared, signals, cwd }: { prepared: Prepared; signals: Signals; cwd: string },
  { runs = 'runs', report = silent, set = [], watchRun }: ResumeOptions,
): Promise<Resumed> {
  const { config } = changed;
  const { dir, kind, run } = await extendRun(from, changed, { prepared, set, signal: signals.stop });
  const id = runIdOf(dir);
  if (kind === 'kept') return { kind: 'run', before: true, result: keptResult(id, dir, run!) };
  if (kind === 'continued') reopenRun(run!, config);
  else report.note(`${runIdOf(from)} stays as it is; ${id} begins with what it has trained`);
  const result = await executeRun(
    { dir, id, config },
    { runs, prepared, signals, report, watch: watchRun, cwd },
  );
  return { kind: 'run', before: false, result };
}

/** What a trainer is writing cannot be copied. */
function refuseAtWork(id: string, run: RunSummary | undefined): void {
  if (run?.status !== 'running' && run?.status !== 'retrying') return;
  throw new FacecomError('run-running', 'The run is at work.', {
    found: id,
    remedy: `Stop it first: facecom stop ${id}`,
    exitCode: 2,
  });
}

function refuseLocked(id: string, dir: string): void {
  const holder = lockHolder(dirname(dir));
  if (!holder) return;
  throw new FacecomError('locked', `The sweep that ${id} belongs to is at work.`, {
    found: `process ${holder.pid}${holder.host ? ` on ${holder.host}` : ''}`,
    remedy: 'Wait for it, or stop it with facecom stop.',
    exitCode: 2,
  });
}
