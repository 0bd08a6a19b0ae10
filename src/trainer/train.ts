import { createMixer, epochAugmenter } from '../augment/index.ts';
import { batchCount } from '../data/index.ts';
import { CheckpointWriter } from './checkpoint/checkpoint.ts';
import { checkContinues, checkShapes } from './checkpoint/compatible.ts';
import { classCount } from './class-count.ts';
import { countEpoch, isBetter, isOver } from './early-stopping.ts';
import { trainEpoch } from './epoch.ts';
import { evaluate } from './evaluation/evaluate.ts';
import { validationScores } from './evaluation/full.ts';
import { named, type Scores } from './evaluation/metrics.ts';
import { finish } from './finish.ts';
import { epochLine } from './log.ts';
import { checkMonitor } from './monitor.ts';
import { ProgressReporter, Rate } from './progress.ts';
import { createSchedule } from './schedules/index.ts';
import type { Session, TrainOptions } from './session.ts';
import { emptySums, startState, type TrainState } from './state.ts';

export type TrainResult =
  | { status: 'finished'; metrics: Scores; state: TrainState }
  | { status: 'interrupted'; state: TrainState };

/**
 *   resume or start ─▶ ┌ train an epoch ─▶ validate ─▶ schedule, early stopping ─▶ checkpoints ┐ ─▶ test the best ─▶ artifacts
 *                      └────────────────────────────── until the epochs are done ◀─────────────┘
 *
 * A run that is stopped anywhere and continued equals an uninterrupted one bit for bit, where the learner's arithmetic does.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const session = await start(options);
  const { state, signal, checkpoints } = session;
  try {
    while (state.ended === null) {
      const trained = await trainPart(session);
      const scores = await validate(session);
      await endEpoch(session, trained, scores);
    }
    const metrics = await finish(session);
    return { status: 'finished', metrics, state };
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) {
      // What stopped the run is told, rather than that its last checkpoint could not be written either.
      await checkpoints.flush().catch(() => {});
      throw error;
    }
    await session.save();
    await checkpoints.flush();
    return { status: 'interrupted', state };
  }
}

async function start(options: TrainOptions): Promise<Session> {
  const { config, runDir, dataset, learner, events, record, resume } = options;
  checkMonitor(config.train.early_stopping.monitor, dataset);
  const stepsPerEpoch = batchCount(dataset.train.size, config.train.batch_size);
  const schedule = createSchedule(config.schedule, {
    lr: config.optimizer.lr,
    epochs: config.train.epochs,
    stepsPerEpoch,
    mode: config.train.early_stopping.mode,
  });
  const checkpoints = new CheckpointWriter(runDir);
  await checkpoints.prepare();
  let state = startState(schedule.start());
  if (resume) {
    checkContinues(resume, config, dataset.hash);
    checkShapes(resume.path, resume.tensors, await learner.state());
    await learner.load(resume.tensors);
    state = structuredClone(resume.state);
  }
  if (dataset.validation.size === 0) {
    record.warn(
      'no-validation',
      'There are no validation pictures: the last epoch counts as the best, and nothing stops the training early.',
    );
  }
  let saved = position(state);
  const save = async ({ best = false } = {}) => {
    // Nothing new to say since the last checkpoint, or nothing learnt at all.
    if (!best && position(state) === saved) return;
    saved = position(state);
    const score = state.best?.score ?? undefined;
    await checkpoints.save(
      {
        config,
        dataHash: dataset.hash,
        identities: dataset.identities,
        precision: learner.precision,
        state,
      },
      await learner.state(),
      best,
      (path) => record.checkpoint(path, score),
    );
  };
  return {
    ...options,
    log: options.log ?? (() => {}),
    checkpointInterval: options.checkpointInterval ?? 3 * 60 * 1000,
    state,
    schedule,
    stepsPerEpoch,
    progress: new ProgressReporter(events),
    save,
    checkpoints,
  };
}

const position = ({ epoch, batch, ended }: TrainState) => `${epoch} ${batch} ${ended}`;

/** Trains what is left of the epoch under way. Gives what was done in this process. */
async function trainPart(session: Session): Promise<{ images: number; seconds: number }> {
  const { config, dataset, learner, state, schedule, signal, stepsPerEpoch, progress } = session;
  const rate = new Rate();
  const started = performance.now();
  let lastSaved = started;
  let images = 0;
  // An epoch that was stopped in its validation has no step left.
  if (state.batch < stepsPerEpoch) {
    await trainEpoch(state, {
      learner,
      subset: dataset.train,
      augment: epochAugmenter(config.augment, dataset.imageSize, state.epoch),
      mixer: createMixer(config.augment),
      batchSize: config.train.batch_size,
      seed: config.seed,
      rate: (step) => schedule.rate(state.schedule, step),
      signal,
      onStep: async (loss, size) => {
        images += size;
        rate.add(size);
        progress.report({
          stage: 'train',
          done: state.step,
          total: config.train.epochs * stepsPerEpoch,
          unit: 'steps',
          epoch: state.epoch + 1,
          epochs: config.train.epochs,
          step: state.step,
          loss,
          images_per_second: rate.value(),
          best: state.best?.score ?? undefined,
        });
        if (performance.now() - lastSaved >= session.checkpointInterval && state.batch < stepsPerEpoch) {
          lastSaved = performance.now();
          await session.save();
        }
      },
    });
  }
  return { images, seconds: (performance.now() - started) / 1000 };
}

async function validate({ config, dataset, learner, state, signal, progress }: Session): Promise<Scores> {
  const subset = dataset.validation;
  if (subset.size === 0) return {};
  const outcomes = await evaluate(learner, subset, {
    batchSize: config.evaluate.batch_size,
    identities: classCount(dataset.identities),
    step: state.step,
    signal,
    onProgress: (done, total) =>
      progress.report({ stage: 'validate', done, total, unit: 'images', epoch: state.epoch + 1 }),
  });
  return validationScores(subset, outcomes, config.evaluate, [config.train.early_stopping.monitor]);
}

async function endEpoch(
  session: Session,
  trained: { images: number; seconds: number },
  scores: Scores,
): Promise<void> {
  const { config, state, schedule, record, log } = session;
  const { enabled, monitor, mode, patience } = config.train.early_stopping;
  const validation = named('val', scores);
  const values: Scores = {
    ...trainValues(state),
    ...(trained.images > 0 ? { 'train/images_per_second': trained.images / trained.seconds } : {}),
    'train/lr': schedule.rate(state.schedule, state.step),
    ...validation,
  };
  // Undefined only where nothing was validated.
  const watched = values[monitor];
  state.epoch++;
  state.batch = 0;
  state.sums = emptySums();
  state.schedule = schedule.afterEpoch(state.schedule, watched);
  if (watched !== undefined) state.stopping = countEpoch(state.stopping, watched, mode);
  const best = watched === undefined || isBetter(watched, state.best?.score ?? null, mode);
  if (best) state.best = { epoch: state.epoch, step: state.step, score: watched ?? null, values: validation };
  if (state.epoch >= config.train.epochs) state.ended = 'epochs';
  else if (enabled && watched !== undefined && isOver(state.stopping, patience))
    state.ended = 'early stopping';
  record.metric(state.step, state.epoch, values);
  log(epochLine(state, config.train.epochs, values, { best, monitor, seconds: trained.seconds }));
  await session.save({ best });
}

/** The means of the epoch's losses: of pictures with the label, for a task's loss. */
function trainValues({ sums }: TrainState): Scores {
  return {
    'train/loss': sums.loss / sums.images,
    ...(sums.genderImages > 0 ? { 'train/gender_loss': sums.genderLoss / sums.genderImages } : {}),
    ...(sums.identityImages > 0 ? { 'train/identity_loss': sums.identityLoss / sums.identityImages } : {}),
  };
}
