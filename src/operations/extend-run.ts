import { cpSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve as resolvePath } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { leaves } from '../base/objects.ts';
import {
  copyOpenEvents,
  createRunFolder,
  epochsTrained,
  isHalfBorn,
  type Origins,
  type RunSummary,
  readConfig,
  readOrigins,
  runName,
  stageRun,
} from '../record/index.ts';
import { decides, type Experiment, readExperiment } from '../spec/index.ts';
import { trialId } from '../sweep/index.ts';
import { withAbsolutePaths } from './absolute-paths.ts';
import { chooseAttempt } from './choose-attempt.ts';
import { lockTrial } from './lock-trial.ts';
import type { Prepared } from './prepare.ts';
import { runIdOf } from './run-id.ts';

/** Keys that decide how long a run trains, and nothing of what it has trained. */
const lengthening = new Set([
  'train.epochs',
  'train.early_stopping.enabled',
  'train.early_stopping.patience',
]);

/** A run's config with `--set` on it. */
export interface ChangedRun {
  config: Experiment;
  origins: Origins;
  /** It trains longer: another trial, which has the first epochs in common with this one. */
  longer: boolean;
}

/**
 * What a run becomes by `path=value` flags. Throws SpecError, or FacecomError `resume-set` where a key would have changed what the run
 * has trained.
 */
export async function changeRun(
  dir: string,
  set: readonly string[],
  { runs, cwd }: { runs: string; cwd: string },
): Promise<ChangedRun> {
  const before = readConfig(dir);
  const spec = await readExperiment(join(dir, 'config.json'), { set });
  const config = withAbsolutePaths(spec.config, { runs, cwd });
  const origins = { ...readOrigins(dir) };
  const [old, now] = [leaves(before), leaves(config)];
  // A run of an earlier version lacks keys that came since: only what a flag names is a change.
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter(
    (path) => spec.origins[path]?.kind === 'flag' || (old.has(path) && !now.has(path)),
  );
  const different = changed.filter((path) => JSON.stringify(old.get(path)) !== JSON.stringify(now.get(path)));
  for (const path of different) origins[path] = spec.origins[path] ?? { kind: 'default' };
  const decisive = different.filter((path) => decides(path) === 'result');
  const refused = decisive.find((path) => !lengthening.has(path));
  if (refused !== undefined) throw unchangeable(dir, refused, set);
  const { early_stopping: was } = before.train;
  const { early_stopping: is } = config.train;
  // Of what is done, some would not have been.
  if (is.enabled && (!was.enabled || is.patience < was.patience))
    throw unchangeable(
      dir,
      was.enabled ? 'train.early_stopping.patience' : 'train.early_stopping.enabled',
      set,
    );
  return { config, origins, longer: decisive.length > 0 };
}

function unchangeable(dir: string, path: string, set: readonly string[]): FacecomError {
  return new FacecomError(
    'resume-set',
    '--set names a key that would have changed what the run has trained.',
    {
      found: path,
      expected: `${[...lengthening].join(', ')} for longer training, or a key that decides no result, such as resources.…`,
      remedy: `Train another run with it: ${again(dir, set)}`,
      exitCode: 2,
    },
  );
}

/** The run of the longer trial: one that is there, or one made from what the shorter has trained. */
export interface Extended {
  dir: string;
  kind: 'kept' | 'continued' | 'new';
  run?: RunSummary;
}

/**
 *   run ─▶ its last checkpoint leads where the longer training would be? ─▶ checkpoints, events ─▶ run folder of the longer trial
 *
 * The shorter run stays as it is. Throws FacecomError `resume-set` or `resume-checkpoint` (exit code 2).
 */
export async function extendRun(
  dir: string,
  { config, origins }: ChangedRun,
  { prepared, set, signal }: { prepared: Prepared; set: readonly string[]; signal: AbortSignal },
): Promise<Extended> {
  const trial = trialId(config, prepared.dataHash, prepared.weightsHash);
  const place = { runs: dirname(dirname(resolvePath(dir))), name: runName(dir)?.name ?? config.name, trial };
  const begun = stageRun(join(place.runs, place.name));
  try {
    await gather(dir, begun, { config, set, builtin: prepared.builtin });
    const spec = specOf(dir);
    return await lockTrial(place, signal, (): Extended => {
      const attempt = chooseAttempt(place);
      if (attempt.kind !== 'new') return { dir: attempt.run.dir, ...attempt };
      const files = { config, spec, origins, environment: prepared.environment, begun };
      return { dir: createRunFolder(place, files), kind: 'new' };
    });
  } finally {
    rmSync(begun, { recursive: true, force: true });
  }
}

async function gather(
  dir: string,
  begun: string,
  { config, set, builtin }: { config: Experiment; set: readonly string[]; builtin: boolean },
): Promise<void> {
  // One that has trained nothing yet begins from nothing.
  if (isHalfBorn(dir)) return;
  if (builtin) {
    const { copyCheckpoints, endsThere, firstOtherEpoch, readLast } = await import('../trainer/index.ts');
    const last = await readLast(dir);
    if (!last) throw withoutLast(dir, set);
    const epoch = firstOtherEpoch(last, config);
    if (epoch !== undefined) throw otherRates(dir, { epoch, config, set });
    if (endsThere(last, config)) throw overAlready(last.state, config);
    await copyCheckpoints(dir, begun, config);
  } else {
    const epoch = epochsTrained(dir);
    if (config.train.epochs <= epoch) throw overAlready({ epoch, ended: null }, config);
    cpSync(join(dir, 'checkpoints'), join(begun, 'checkpoints'), { recursive: true });
  }
  copyOpenEvents(dir, begun);
}

function specOf(dir: string): string {
  try {
    return readFileSync(join(dir, 'spec.yaml'), 'utf8');
  } catch {
    return '';
  }
}

const again = (dir: string, set: readonly string[]): string =>
  `facecom run ${runIdOf(dir)} ${set.map((flag) => `--set ${flag}`).join(' ')}`;

function withoutLast(dir: string, set: readonly string[]): FacecomError {
  return new FacecomError(
    'resume-checkpoint',
    'The run has no checkpoint that training could continue from.',
    {
      place: { run: dir },
      found: 'no checkpoints/last.safetensors: it is removed when a run has finished',
      expected: 'a run that is not finished, or was trained with train.checkpoints.keep_last: true',
      remedy: `Train it from the start: ${again(dir, set)}; or from its best weights: --set model.weights=run:${runIdOf(dir)}`,
      exitCode: 2,
    },
  );
}

function otherRates(
  dir: string,
  { epoch, config, set }: { epoch: number; config: Experiment; set: readonly string[] },
): FacecomError {
  return new FacecomError(
    'resume-set',
    `The schedule ${config.schedule.name} follows from the number of epochs: the run has trained at other learning rates.`,
    {
      found: `another rate from epoch ${epoch} on`,
      expected: 'a schedule that does not: constant, plateau or step',
      remedy: `Train it from the start: ${again(dir, set)}`,
      exitCode: 2,
    },
  );
}

function overAlready(
  { epoch, ended }: { epoch: number; ended: string | null },
  { train }: Experiment,
): FacecomError {
  const early = epoch < train.epochs;
  return new FacecomError('resume-set', `The training would end where it is: after ${epoch} epochs.`, {
    found: early
      ? `early stopping, patience ${train.early_stopping.patience}`
      : `train.epochs: ${train.epochs}`,
    expected: early ? 'more patience' : `more than ${epoch} epochs`,
    remedy: early
      ? 'Add --set train.early_stopping.enabled=false, or a larger patience.'
      : `Give --set train.epochs a number above ${epoch}${ended === 'early stopping' ? ', and --set train.early_stopping.enabled=false: it had ended early' : ''}.`,
    exitCode: 2,
  });
}
