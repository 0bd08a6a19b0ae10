import { AugmentThreads, createMixer, epochAugmenter } from '../augment/index.ts';
import { batchCount } from '../data/index.ts';
import { createBalance } from '../model/index.ts';
import { writeImages } from './artifact.ts';
import { cacheFeatures } from './cached-features.ts';
import { CheckpointWriter } from './checkpoint/checkpoint.ts';
import { checkContinues, checkShapes } from './checkpoint/compatible.ts';
import { Pace } from './checkpoint/pace.ts';
import { classCount } from './class-count.ts';
import { countEpoch, isBetter, isOver } from './early-stopping.ts';
import { trainEpoch } from './epoch.ts';
import { evaluate, smallerBatches } from './evaluation/evaluate.ts';
import { validationScores } from './evaluation/full.ts';
import { lossesOf } from './evaluation/losses.ts';
import { named, type Scores } from './evaluation/metrics.ts';
import { batchRows } from './evaluation/sheets.ts';
import { finish } from './finish.ts';
import { threadsOf } from './learner-settings.ts';
import { epochLine } from './log.ts';
import { checkMonitor } from './monitor.ts';
import { ProgressReporter, Rate } from './progress.ts';
import { createSampler } from './sampling/index.ts';
import type { Session, TrainOptions } from './session.ts';
import { Stages } from './stages.ts';
import { emptySums, startState, type TrainState } from './state.ts';
import { StopRequested } from './stop.ts';
import { rateAt, type Stretch, stretchAt, stretchesOf } from './stretches.ts';

export type TrainResult =
  | { status: 'finished'; metrics: Scores; state: TrainState }
  | { status: 'interrupted'; state: TrainState; reason: string };

/**
 *   resume or start ─▶ ┌ train an epoch ─▶ validate ─▶ schedule, early stopping ─▶ checkpoints ┐ ─▶ test the best ─▶ artifacts
 *                      └────────────────────────────── until the epochs are done ◀─────────────┘
 *
 * A run that is stopped anywhere and continued equals an uninterrupted one bit for bit, where the learner's arithmetic does.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const session = await start(options);
  const { state, signal, checkpoints, stages } = session;
  try {
    while (state.ended === null) {
      const trained = await stages.time('training', () => trainPart(session));
      await averageWeights(session);
      const scores = await stages.time('validation', () => validate(session));
      await endEpoch(session, trained, scores);
      if (state.ended === null) keepToSteps(session);
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
    return { status: 'interrupted', state, reason: (signal.reason as Error).message };
  } finally {
    session.augmentThreads.close();
  }
}

async function start(options: TrainOptions): Promise<Session> {
  const { config, runDir, dataset, learner, events, record, resume } = options;
  const stages = options.stages ?? new Stages();
  checkMonitor(config.train.early_stopping.monitor, dataset);
  const sampler = createSampler(config.train, dataset.train, config.seed);
  const stepsPerEpoch = batchCount(sampler?.size ?? dataset.train.size, config.train.batch_size);
  const stretches = stretchesOf(config, stepsPerEpoch);
  const balance = createBalance(config.loss);
  const checkpointInterval = options.checkpointInterval ?? 3 * 60 * 1000;
  // Weights, and twice as much of an optimizer, and the weights again as the best.
  const bytes = 4 * 4 * learner.parameters;
  const pace = options.pace ?? new Pace(checkpointInterval, bytes, performance.now());
  const checkpoints = new CheckpointWriter(runDir, pace);
  await checkpoints.prepare();
  let state = startState(stretches[0]!.schedule.start(), balance.start());
  if (resume) {
    checkContinues(resume, config, dataset.hash);
    checkShapes(resume, await learner.state());
    await learner.load(resume.tensors, { weightsAlone: resume.weightsAlone });
    state = structuredClone(resume.state);
  }
  await learner.startPhase?.(stretchAt(stretches, state.epoch).phase, false);
  warn(options, stretches);
  let saved = position(state);
  const info = () => ({
    config,
    dataHash: dataset.hash,
    identities: dataset.identities,
    precision: learner.precision,
    backend: learner.backend,
    ...(learner.preprocess ? { preprocess: learner.preprocess } : {}),
    state,
  });
  const save = async ({ best = false, kept = false, last = true, whenDue = false } = {}) => {
    const score = state.best?.score ?? undefined;
    const onWritten = (path: string) => record.checkpoint(path, score);
    if (whenDue && !kept && !checkpoints.due) {
      if (!best) return;
      const weights = await stages.time('checkpoints', () => learner.state({ weightsAlone: true }));
      checkpoints.remember(info(), weights, onWritten);
      return;
    }
    // Nothing new to say since the last checkpoint, or nothing learnt at all.
    if (!best && !kept && !checkpoints.remembers && (!last || position(state) === saved)) return;
    if (last) saved = position(state);
    await stages.time('checkpoints', async () =>
      checkpoints.save(
        info(),
        await learner.state({ weightsAlone: !last }),
        {
          best,
          last,
          ...(kept ? { epoch: state.epoch } : {}),
          epochs: config.train.checkpoints.keep > 1 ? state.kept.map(({ epoch }) => epoch) : [],
        },
        onWritten,
      ),
    );
  };
  const limit = new AbortController();
  return {
    ...options,
    log: options.log ?? (() => {}),
    ...{ checkpointInterval, pace },
    augmentThreads: new AugmentThreads(threadsOf(config) ?? 1),
    stages,
    steps: options.steps ?? Number.POSITIVE_INFINITY,
    limit,
    signal: AbortSignal.any([options.signal, limit.signal]),
    state,
    stretches,
    balance,
    sampler,
    stepsPerEpoch,
    progress: new ProgressReporter(events, { interval: options.progressInterval }),
    save,
    checkpoints,
  };
}

/** What of the spec this data set makes different, and what is left out. */
function warn({ config, dataset, record, learner, log }: TrainOptions, stretches: readonly Stretch[]): void {
  for (const note of learner.notes ?? []) log?.(`weights: ${note}`);
  if (dataset.validation.size === 0)
    record.warn(
      'no-validation',
      'There are no validation images: the last epoch counts as the best, and nothing stops the training early.',
    );
  if (stretches.some(({ cut }) => cut))
    record.warn(
      'warmup-cut',
      'schedule.warmup is not shorter than the training, or than one of its phases: it is cut to half of it.',
    );
  if (config.train.cache_features && !stretches.some(({ phase }) => learner.frozenBackbone?.(phase)))
    record.warn(
      'features-not-cached',
      'train.cache_features has no effect: something of the backbone learns in every phase.',
    );
  const left = config.train.phases.length - stretches.length;
  if (config.train.phases.length > 0 && left > 0)
    record.warn('phases-cut', `train.epochs ends the training before ${left} of its phases.`);
}

/** Ends the training where its steps are done: between two steps, or here. */
function keepToSteps({ state, steps, limit }: Session, { atOnce = true } = {}): void {
  if (state.step < steps) return;
  limit.abort(new StopRequested(`${state.step} steps are done`));
  if (atOnce) limit.signal.throwIfAborted();
}

const position = ({ epoch, batch, ended }: TrainState) => `${epoch} ${batch} ${ended}`;

/** Of what was trained in this process: `waited` are the seconds for which steps waited for their batch. */
interface Trained {
  images: number;
  seconds: number;
  waited: number;
}

/** Trains what is left of the epoch under way. Returns what was done in this process. */
async function trainPart(session: Session): Promise<Trained> {
  const { config, dataset, learner, state, signal, stepsPerEpoch, progress } = session;
  const rate = new Rate();
  const started = performance.now();
  let lastSaved = started;
  let images = 0;
  let waited = 0;
  let drawn: Promise<void> | undefined;
  const stretch = stretchAt(session.stretches, state.epoch);
  let validating = 0;
  const validateNow = async () => {
    const began = performance.now();
    await validateWithin(session);
    validating += performance.now() - began;
  };
  // A run may have been stopped in a validation.
  await validateNow();
  // An epoch that was stopped in its validation has no step left.
  if (state.batch < stepsPerEpoch) {
    ({ waited } = await trainEpoch(state, {
      learner,
      subset: dataset.train,
      augment: epochAugmenter(config.augment, dataset.imageSize, state.epoch, session.augmentThreads),
      mixer: createMixer(config.augment),
      features: await featuresOf(session, stretch),
      sampler: session.sampler,
      balance: session.balance,
      batchSize: config.train.batch_size,
      stepsPerEpoch,
      seed: config.seed,
      rate: (step) => rateAt(stretch, state.schedule, step),
      signal,
      onFirst: (batch) => {
        const title = `The first batch, as policy ${policyName(config.augment.policy)} makes it`;
        drawn = writeImages(session, 'train/first_batch', title, batchRows(batch, dataset.identities));
      },
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
        await validateNow();
        // The last step of an epoch ends with its validation.
        if (state.batch < stepsPerEpoch) keepToSteps(session, { atOnce: false });
        if (performance.now() - lastSaved >= session.checkpointInterval && state.batch < stepsPerEpoch) {
          lastSaved = performance.now();
          await session.save();
        }
      },
    }));
  }
  const seconds = (performance.now() - started - validating) / 1000;
  await drawn;
  return { images, waited, seconds };
}

const policyName = (policy: string | readonly object[]): string =>
  typeof policy === 'string' ? policy : 'of the spec';

/** Takes the epoch's weights into the average; before train.swa begins, the average is them alone. */
async function averageWeights({ config, learner, state }: Session): Promise<void> {
  const { swa } = config.train;
  if (swa === 0) return;
  const epoch = state.epoch + 1;
  // An epoch that was stopped in its validation is averaged already.
  if (state.averaged >= epoch) return;
  await learner.average?.(Math.max(1, epoch - swa + 1));
  state.averaged = epoch;
}

/** The training images' features for a stretch in which the backbone is frozen, where the spec asks for them to be kept. */
async function featuresOf(session: Session, stretch: Stretch) {
  const { config, dataset, learner, signal, state, progress } = session;
  if (!config.train.cache_features || !learner.features || !learner.frozenBackbone?.()) return undefined;
  if (session.cached?.stretch !== stretch)
    session.cached = {
      stretch,
      of: await cacheFeatures({ features: learner.features.bind(learner) }, dataset.train, {
        batchSize: config.evaluate.batch_size,
        signal,
        onProgress: (done, total) =>
          progress.report({ stage: 'train', done, total, unit: 'images', epoch: state.epoch + 1 }),
      }),
    };
  return session.cached.of;
}

/** Validates within an epoch, where a step of train.validate_every was just done; what it finds may be the best checkpoint. */
async function validateWithin(session: Session): Promise<void> {
  const { config, dataset, state, stages, record, stepsPerEpoch, log } = session;
  const { validate_every: every, early_stopping } = config.train;
  const due = every > 0 && state.batch > 0 && state.batch < stepsPerEpoch && state.step % every === 0;
  if (!due || (state.validated ?? 0) >= state.step || dataset.validation.size === 0) return;
  const scores = named('val', await stages.time('validation', () => validate(session)));
  state.validated = state.step;
  const { monitor, mode } = early_stopping;
  const epoch = state.epoch + state.batch / stepsPerEpoch;
  const watched = scores[monitor];
  const best = watched !== undefined && isBetter(watched, state.best?.score ?? null, mode);
  if (best) state.best = { epoch, step: state.step, score: watched, values: scores };
  record.metric(state.step, epoch, scores);
  log(`step ${state.step}  ${monitor} ${watched?.toFixed(4) ?? '–'}${best ? '  best' : ''}`);
  if (best) await session.save({ best, whenDue: true });
}

async function validate(session: Session): Promise<Scores> {
  const { config, dataset, learner, state, signal, progress, record } = session;
  const subset = dataset.validation;
  if (subset.size === 0) return {};
  const outcomes = await evaluate(learner, subset, {
    batchSize: config.evaluate.batch_size,
    identities: classCount(dataset.identities),
    step: state.step,
    signal,
    onProgress: (done, total) =>
      progress.report({ stage: 'validate', done, total, unit: 'images', epoch: state.epoch + 1 }),
    onSmaller: (size) => record.warn('evaluate-oom', smallerBatches(size)),
  });
  const { alpha, beta } = config.loss;
  return {
    ...validationScores(subset, outcomes, config.evaluate, [config.train.early_stopping.monitor]),
    ...lossesOf(outcomes, { gender: alpha, identity: beta }),
  };
}

async function endEpoch(session: Session, trained: Trained, scores: Scores): Promise<void> {
  const { config, state, stretches, balance, learner, record, log } = session;
  const stretch = stretchAt(stretches, state.epoch);
  const { enabled, monitor, mode, patience } = config.train.early_stopping;
  const validation = named('val', scores);
  const values: Scores = {
    ...trainValues(state, config.loss.balance !== 'fixed'),
    ...(trained.images > 0
      ? {
          'train/images_per_second': trained.images / trained.seconds,
          'train/waiting_for_data': Math.min(1, trained.waited / trained.seconds),
        }
      : {}),
    'train/lr': rateAt(stretch, state.schedule, state.step),
    ...validation,
  };
  // Undefined only where nothing was validated.
  const watched = values[monitor];
  state.epoch++;
  state.batch = 0;
  const means = { gender: values['train/gender_loss'] ?? 0, identity: values['train/identity_loss'] ?? 0 };
  if (balance.afterEpoch) state.balance = balance.afterEpoch(state.balance, means);
  state.sums = emptySums();
  state.schedule = stretch.schedule.afterEpoch(state.schedule, watched);
  if (watched !== undefined) state.stopping = countEpoch(state.stopping, watched, mode);
  const best = watched === undefined || isBetter(watched, state.best?.score ?? null, mode);
  if (best) state.best = { epoch: state.epoch, step: state.step, score: watched ?? null, values: validation };
  if (state.epoch >= config.train.epochs) state.ended = 'epochs';
  else if (enabled && watched !== undefined && isOver(state.stopping, patience))
    state.ended = 'early stopping';
  const kept = keep(state, watched, config.train);
  const next = stretchAt(stretches, state.epoch);
  if (next !== stretch && state.ended === null) {
    state.schedule = next.schedule.start();
    await learner.startPhase?.(next.phase, true);
  }
  record.metric(state.step, state.epoch, values);
  log(epochLine(state, config.train.epochs, values, { best, monitor, seconds: trained.seconds }));
  // A run that has ended its training needs no more than its best, unless it is stopped before its end.
  const last = state.ended === null || config.train.checkpoints.keep_last;
  await session.save({ best, kept, last, whenDue: state.ended === null });
}

/** Takes the epoch among the best that are kept, where it is one. */
function keep(
  state: TrainState,
  watched: number | undefined,
  { checkpoints, early_stopping }: Session['config']['train'],
): boolean {
  if (checkpoints.keep === 1 || watched === undefined) return false;
  const sign = early_stopping.mode === 'max' ? 1 : -1;
  state.kept = [...state.kept, { epoch: state.epoch, score: watched }]
    .sort((a, b) => sign * (b.score - a.score) || a.epoch - b.epoch)
    .slice(0, checkpoints.keep);
  return state.kept.some(({ epoch }) => epoch === state.epoch);
}

/** The means of the epoch's losses and scores: of images with the label, for a task's; and the weights of the losses. */
function trainValues({ sums, weights }: TrainState, balanced: boolean): Scores {
  const share = (name: string, right: number, all: number): Scores =>
    all > 0 && Number.isFinite(right) ? { [name]: right / all } : {};
  return {
    'train/loss': sums.loss / sums.images,
    ...share('train/gender_accuracy', sums.genderRight, sums.genderImages),
    ...share('train/identity_top1', sums.identityRight, sums.identityImages),
    ...(balanced && weights ? { 'train/alpha': weights.gender, 'train/beta': weights.identity } : {}),
    ...(sums.genderImages > 0 ? { 'train/gender_loss': sums.genderLoss / sums.genderImages } : {}),
    ...(sums.identityImages > 0 ? { 'train/identity_loss': sums.identityLoss / sums.identityImages } : {}),
  };
}
