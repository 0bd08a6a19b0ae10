import { join } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { type Slot, threadsOf } from '../../orchestrator/index.ts';
import {
  type Environment,
  type Event,
  readConfig,
  readEnvironment,
  readEvents,
  useRecordedPlugins,
} from '../../record/index.ts';
import { type Experiment, experimentSchema, fillDefaults } from '../../spec/index.ts';
import { chooseSlot } from '../choose-slots.ts';
import { type Prepared, prepare } from '../prepare.ts';
import { type Reporter, type Signals, signalsOf, silent } from '../reporter.ts';
import { type Aside, endOfLog, trainAside } from '../train-aside.ts';
import { trainedRun } from '../trained-run.ts';
import { type Change, changesOf } from './changes.ts';
import { Comparison, type Difference } from './numbers.ts';
import { firstOf, type Recorded, recordedOf } from './recorded.ts';
import { checkCheckpoints, checkpointsOf, compareCheckpoints } from './tensors.ts';

export interface VerifyOptions extends Partial<Signals> {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Train so many optimizer steps again; as many as the record tells of if left out. */
  steps?: number;
  /** Relative difference up to which two values are close; 1e-4 if left out. */
  tolerance?: number;
  report?: Reporter;
  /** Told the events of the training. */
  onEvent?: (event: Event) => void;
}

export interface Verification {
  /** `name/trial-attempt`. */
  run: string;
  /** `equal`: to the bit. `close`: within the tolerance. */
  verdict: 'equal' | 'close' | 'different';
  /** Optimizer steps that were trained again; 0 of a trainer that tells of none. */
  steps: number;
  /** The whole run was trained again, and its end compared. */
  whole: boolean;
  tolerance: number;
  compared: Comparison['compared'];
  /** The first value that is not equal to the bit, or, of a verdict `different`, not close. */
  first?: Difference;
  /** The first tensor of that kind. */
  tensor?: Difference;
  /** The largest relative difference of any value. */
  largest: number;
  /** What of the environment is not as it was. */
  changes: Change[];
  seconds: number;
}

/**
 *   record ─▶ config, data, weights, plugins as they were? ─▶ trained again aside ─▶ losses, metrics, tensors compared step by step
 *
 * Trains a run again from its record and says whether it comes to the same. Throws FacecomError (exit code 2) `verify-changed` if the data or
 * weights are not there any more as they were, `verify-steps` if nothing is recorded to compare with, and `verify-failed` (exit code 1)
 * if the training fails.
 */
export async function verify(text: string, options: VerifyOptions = {}): Promise<Verification> {
  const { runs = 'runs', tolerance = 1e-4, report = silent } = options;
  const { id, dir } = trainedRun(text, runs);
  const signals = signalsOf(options);
  const recorded = recordedOf(readEvents(dir));
  const config = await configOf(dir);
  const limit = limitOf(id, config, recorded, options.steps);
  await useRecordedPlugins(dir, config);
  const before = readEnvironment(dir);
  const cwd = before.cwd ?? process.cwd();
  const prepared = await prepare(config, { report, signal: signals.stop, cwd });
  checkUnchanged(id, before, prepared);
  await checkCheckpoints(dir);
  const { slot, notes } = await chooseSlot(config, prepared);
  for (const note of notes) report.note(note);
  const started = performance.now();
  const comparison = new Comparison();
  const { whole, steps } = await trainAside(
    {
      ...{ config, cwd, signals },
      environment: { ...prepared.environment, ...(before.plugins ? { plugins: before.plugins } : {}) },
      slot: { ...slot, threads: threadsOf(dir, slot) } satisfies Slot,
      ...(limit === undefined ? {} : { steps: limit }),
      ...(options.onEvent ? { onEvent: options.onEvent } : {}),
    },
    async (aside) => {
      checkOutcome(id, aside, signals);
      const now = recordedOf(aside.events);
      compareNumbers(comparison, recorded, now);
      await compareCheckpoints(comparison, { recorded: dir, now: aside.dir }, now.last);
      return { steps: now.last, whole: aside.outcome.status === 'finished' };
    },
  );
  const different = comparison.differences(tolerance);
  const unequal = comparison.differences();
  const shown = different.length > 0 ? different : unequal;
  const tensor = shown.find(({ what }) => what.includes('checkpoints/'));
  return {
    run: id,
    verdict: different.length > 0 ? 'different' : unequal.length > 0 ? 'close' : 'equal',
    ...{ steps, whole, tolerance },
    compared: comparison.compared,
    ...(shown[0] ? { first: shown[0] } : {}),
    ...(tensor ? { tensor } : {}),
    largest: unequal.reduce((most, { relative }) => Math.max(most, relative), 0),
    changes: changesOf(before, prepared.environment),
    seconds: (performance.now() - started) / 1000,
  };
}

/** As the run was trained: `precision: auto` is what it was decided to be then. */
async function configOf(dir: string): Promise<Experiment> {
  const config = fillDefaults(experimentSchema, readConfig(dir)) as Experiment;
  const [path] = checkpointsOf(dir);
  if (config.train.precision !== 'auto' || path === undefined) return config;
  const { readCheckpointInfo } = await import('../../trainer/index.ts');
  const { precision } = await readCheckpointInfo(join(dir, path));
  return { ...config, train: { ...config.train, precision: precision as 'float32' | 'bfloat16' } };
}

/** After how many steps the training is stopped; undefined if it is to end by itself. */
function limitOf(
  id: string,
  config: Experiment,
  recorded: Recorded,
  steps: number | undefined,
): number | undefined {
  const external = config.trainer.command !== undefined;
  if (external && steps !== undefined)
    throw new FacecomError('verify-steps', 'Only the built-in trainer can be stopped after some steps.', {
      found: `trainer.command: ${JSON.stringify(config.trainer.command)}`,
      remedy: 'Leave --steps out: the whole run is trained again.',
      exitCode: 2,
    });
  const first = recorded.final ? (firstOf(recorded) ?? 0) : firstOf(recorded);
  if (first === undefined || first > (steps ?? Number.POSITIVE_INFINITY))
    throw new FacecomError('verify-steps', `The record of ${id} has nothing to compare with by then.`, {
      found: first === undefined ? 'no step in its events.jsonl' : `step ${first} is the first that is told`,
      expected:
        first === undefined ? 'a run that has trained for a second or so' : `--steps ${first} or more`,
      exitCode: 2,
    });
  if (external) return undefined;
  return steps ?? (recorded.final ? undefined : recorded.last);
}

function checkUnchanged(id: string, before: Environment, { dataHash, weightsHash }: Prepared): void {
  const pairs = [
    ['data set', before.data_hash, dataHash, 'data.path'],
    ['weights that it starts from', before.weights_hash, weightsHash, 'model.weights'],
  ] as const;
  for (const [what, recorded, now, key] of pairs) {
    if (recorded === undefined || recorded === now) continue;
    throw new FacecomError('verify-changed', `The ${what} of ${id} has changed since it was trained.`, {
      found: now?.slice(0, 12) ?? 'none',
      expected: recorded.slice(0, 12),
      remedy: `Restore what ${key} names.`,
      exitCode: 2,
    });
  }
}

function checkOutcome(id: string, { outcome, dir }: Aside, { stop, kill }: Signals): void {
  if (stop.aborted || kill.aborted) throw new FacecomError('interrupted', 'Interrupted.', { exitCode: 130 });
  if (outcome.status !== 'failed') return;
  throw new FacecomError('verify-failed', `${id} could not be trained again.`, {
    found: `${outcome.failure.class}: ${outcome.failure.message}`,
    expected: 'a training that ends as the recorded one did',
    remedy: endOfLog(dir) || 'See what facecom doctor says.',
    exitCode: 1,
  });
}

function compareNumbers(comparison: Comparison, recorded: Recorded, now: Recorded): void {
  for (const [step, loss] of recorded.losses)
    if (step <= now.last)
      comparison.number('losses', { step, what: 'loss', recorded: loss, now: now.losses.get(step) });
  for (const [step, values] of recorded.metrics) {
    const others = now.metrics.get(step);
    // The last step may be one whose epoch was not validated.
    if (step > now.last || (step === now.last && !others)) continue;
    for (const [what, value] of Object.entries(values))
      comparison.number('metrics', { step, what, recorded: value, now: others?.[what] });
  }
  if (!recorded.final || !now.final) return;
  for (const [what, value] of Object.entries(recorded.final))
    comparison.number('metrics', { step: now.last, what, recorded: value, now: now.final[what] });
}
