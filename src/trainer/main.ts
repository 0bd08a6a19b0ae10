import { loadDataset } from '../data/index.ts';
import type { Learner, openLearner } from '../model/index.ts';
import { type EventWriter, openEvents, readConfig, readEvents, useRecordedPlugins } from '../record/index.ts';
import { type Experiment, experimentSchema, fillDefaults } from '../spec/index.ts';
import { type Checkpoint, dropLast, readResume } from './checkpoint/checkpoint.ts';
import { classOf, failureText, type Stage, toFailure } from './failure.ts';
import { learnerSettings } from './learner-settings.ts';
import { ProgressReporter } from './progress.ts';
import { RunRecord } from './recorder.ts';
import { Stages } from './stages.ts';
import { watchForStop } from './stop.ts';
import { train } from './train.ts';

/** The built-in trainer on the built-in model: trains the run of a folder and returns the process's exit code. */
export async function main(
  runDir: string,
  options: Omit<TrainerOptions, 'openLearner'> = {},
): Promise<number> {
  return runTrainer(runDir, {
    ...options,
    // Loaded inside the run, so that a library that is missing is a failure in the record.
    openLearner: async (...args) => (await import('../model/index.ts')).openLearner(...args),
  });
}

export interface TrainerOptions {
  openLearner: typeof openLearner;
  /** Milliseconds between two looks at the parent process. */
  parentInterval?: number;
  checkpointInterval?: number;
  /** Stop after so many optimizer steps. */
  steps?: number;
  /** Milliseconds between two progress events; 0: one a step. */
  progressInterval?: number;
  /** Told what the run computes with: whether that leaves nothing behind in this process, so that another run may follow. */
  onOpened?: (leavesNothing: boolean) => void;
}

/**
 *   config.json ─▶ checkpoint, if any ─▶ data set ─▶ learner ─▶ train ─▶ `finished` in the record, exit 0
 *        SIGTERM, SIGINT, SIGHUP or the parent's end ─▶ checkpoints/last, `stopped`, exit 0 │ an error ─▶ `failed`, exit 1
 */
export async function runTrainer(runDir: string, options: TrainerOptions): Promise<number> {
  const stop = watchForStop({ parentInterval: options.parentInterval });
  let events: EventWriter | undefined;
  const progress: { stage: Stage } = { stage: 'start' };
  try {
    // A run of an earlier version lacks the keys that came since.
    const config = fillDefaults(experimentSchema, readConfig(runDir)) as Experiment;
    const earlier = readEvents(runDir);
    if (earlier.some(({ type }) => type === 'finished')) {
      log('the run has finished already');
      return 0;
    }
    events = openEvents(runDir);
    const record = new RunRecord(events, { runDir, earlier, log });
    const reason = await trainRun(runDir, config, {
      ...options,
      events,
      record,
      signal: stop.signal,
      progress,
    });
    if (reason !== undefined) {
      events.stopped({ reason });
      events.sync();
      log(`stopped (${reason}): the run can be resumed`);
    }
    return 0;
  } catch (error) {
    return report(error, progress.stage, events);
  } finally {
    events?.close();
    stop.release();
  }
}

interface RunOptions extends TrainerOptions {
  events: EventWriter;
  record: RunRecord;
  signal: AbortSignal;
  /** What the trainer is at. */
  progress: { stage: Stage };
}

/** Returns why the run was interrupted; undefined where it was not. */
async function trainRun(
  runDir: string,
  config: Experiment,
  options: RunOptions,
): Promise<string | undefined> {
  const { events, record, signal } = options;
  const resume = await readResume(runDir, (error) => {
    record.warn(
      error.code,
      `${error.message} The run continues from its best weights, and its optimizer starts anew.`,
    );
  });
  await useRecordedPlugins(runDir, config);
  options.progress.stage = 'data';
  const stages = new Stages();
  const dataset = await interruptible(signal, () => stages.time('data', () => load(config, options)));
  if (!dataset) return (signal.reason as Error).message;
  options.progress.stage = 'training';
  for (const { code, message } of dataset.warnings) record.warn(code, message);
  const settings = await learnerSettings(config, dataset);
  if (settings.replicas) log(`model: each batch is divided among ${settings.replicas} GPUs`);
  const learner = await stages.time('model', async () =>
    options.openLearner(withDevice(withPrecision(config, resume)), {
      ...settings,
      ...(resume ? { trained: { preprocess: resume.preprocess }, began: resume.backend } : {}),
    }),
  );
  try {
    options.onOpened?.(learner.backend === 'onednn' && !config.plugins?.length);
    if (learner.backendNote) record.warn('other-backend', learner.backendNote);
    describe(learner, resume);
    const result = await train({
      config,
      runDir,
      dataset,
      learner,
      events,
      record,
      signal,
      resume,
      log,
      checkpointInterval: options.checkpointInterval,
      stages,
      steps: options.steps,
      progressInterval: options.progressInterval,
    });
    if (result.status === 'interrupted') return result.reason;
    events.finished({ metrics: result.metrics });
    events.sync();
    if (!config.train.checkpoints.keep_last) await dropLast(runDir);
    return undefined;
  } finally {
    learner.dispose();
  }
}

/** The orchestrator may show this process one GPU only, which is then the first, whatever its number on the machine. */
function withDevice(config: Experiment): Experiment {
  const device = process.env.FACECOM_DEVICE;
  return device ? { ...config, resources: { ...config.resources, device } } : config;
}

async function load(config: Experiment, { events, signal }: RunOptions) {
  const progress = new ProgressReporter(events);
  const dataset = await loadDataset(config.data, {
    seed: config.seed,
    signal,
    onProgress: ({ done, total, unit }) => progress.report({ stage: 'data', done, total, unit }),
  });
  const { train, validation, test, identities, hash, notes } = dataset;
  for (const note of notes ?? []) log(`data: ${note}`);
  log(
    `data: ${train.size} training, ${validation.size} validation and ${test.size} test images of ${identities.length} identities (${hash.slice(0, 12)})`,
  );
  progress.report({ stage: 'model', done: 0, total: 1, unit: 'models' });
  return dataset;
}

/** Undefined if the work was stopped by the signal; whatever error it stopped with is then no failure. */
async function interruptible<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** `auto` is decided once a run: a resumed one computes as it began. */
function withPrecision(config: Experiment, resume: Checkpoint | undefined): Experiment {
  if (!resume || config.train.precision !== 'auto') return config;
  return { ...config, train: { ...config.train, precision: resume.precision as 'float32' | 'bfloat16' } };
}

function describe(learner: Learner, resume: Checkpoint | undefined): void {
  const parameters = `${(learner.parameters / 1e6).toFixed(1)} million parameters`;
  log(
    `model: ${parameters} on ${learner.device} (${learner.backend}), ${learner.precision}: ${learner.precisionReason}`,
  );
  if (resume) {
    const { epoch, batch, step } = resume.state;
    log(`resumed from ${resume.path}: ${epoch} epochs and ${batch} batches are done (step ${step})`);
  }
}

/** Writes a failure into the record, if that is possible, and for people. Returns the exit code. */
function report(error: unknown, stage: Stage, events: EventWriter | undefined): number {
  const failure = toFailure(error);
  process.stderr.write(`error[${failure.code}]: ${failureText(failure)}\n`);
  if (failure.code === 'internal') process.stderr.write(`${(error as Error)?.stack ?? String(error)}\n`);
  try {
    events?.failed({ code: failure.code, class: classOf(failure, stage), message: failureText(failure) });
    events?.sync();
  } catch (second) {
    process.stderr.write(`The failure could not be recorded: ${(second as Error).message}\n`);
  }
  return failure.exitCode;
}

const log = (line: string) => process.stdout.write(`${line}\n`);
