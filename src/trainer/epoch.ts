import type { Augmenter, Mixer } from '../augment/index.ts';
import { FacecomError } from '../base/errors.ts';
import { type Batch, type Subset, trainBatches } from '../data/index.ts';
import type { Balancer, Learner } from '../model/index.ts';
import type { Sampler } from './sampling/index.ts';
import type { TrainState } from './state.ts';

export interface EpochOptions {
  learner: Pick<Learner, 'trainStep'>;
  subset: Subset;
  augment: Augmenter;
  /** Left out: every image once, shuffled. */
  sampler?: Sampler | undefined;
  balance: Balancer;
  mixer?: Mixer;
  /** What a frozen backbone makes of the images at these positions. */
  features?: ((positions: Int32Array) => Float32Array) | undefined;
  batchSize: number;
  stepsPerEpoch: number;
  seed: number;
  /** Learning rate of a step; steps count from 1. */
  rate: (step: number) => number;
  /** Called with the first batch of all, before its step. */
  onFirst?: (batch: Batch) => void;
  /** Called after each step, with the state up to date. */
  onStep: (loss: number, images: number) => Promise<void>;
  signal: AbortSignal;
}

type StepResult = Awaited<ReturnType<Learner['trainStep']>>;

/**
 * Trains the batches of the epoch under way from `state.batch` on and keeps the state up to date after every step.
 * `trainBatches` prepares the next batch while a step is awaited. Throws the signal's reason between two steps, and `nan`
 * where a loss is not finite. Returns the seconds for which steps waited for their batch.
 */
export async function trainEpoch(state: TrainState, options: EpochOptions): Promise<{ waited: number }> {
  const { learner, subset, augment, mixer, batchSize, seed, rate, onStep, signal } = options;
  const { sampler, balance } = options;
  signal.throwIfAborted();
  const { epoch, batch: start } = state;
  const order = sampler?.order({ seed, epoch });
  const given = { batchSize, epoch, seed, augment, mixer, start, ...(order ? { order } : {}) };
  let waited = 0;
  let ready = performance.now();
  for await (const batch of trainBatches(subset, given)) {
    waited += performance.now() - ready;
    const step = state.step + 1;
    if (step === 1) options.onFirst?.(batch);
    const features = options.features?.(batch.indices);
    const result = await learner.trainStep(features ? { ...batch, features } : batch, {
      lr: rate(step),
      step,
      epoch: (step - 1) / options.stepsPerEpoch,
      weights: state.balance.weights,
    });
    checkLosses(result, step);
    count(state, batch, result);
    if (balance.afterStep) state.balance = balance.afterStep(state.balance, signsOf(result));
    await onStep(result.loss, batch.size);
    ready = performance.now();
    // Signals and timers get their turn, also where a backend works without ever leaving the main thread; the next
    // batch, too, which the step then waits for.
    await new Promise((resume) => setImmediate(resume));
    signal.throwIfAborted();
  }
  return { waited: waited / 1000 };
}

const signsOf = ({ genderLoss, identityLoss, norms }: StepResult) => ({
  losses: { gender: genderLoss, identity: identityLoss },
  ...(norms ? { norms } : {}),
});

function count(
  state: TrainState,
  batch: Batch,
  { loss, genderLoss, identityLoss, right, weights }: StepResult,
): void {
  let gender = 0;
  let identity = 0;
  for (let i = 0; i < batch.size; i++) {
    if (batch.gender[i]! >= 0) gender++;
    if (batch.identity[i]! >= 0) identity++;
  }
  state.step++;
  state.batch++;
  const { sums } = state;
  sums.images += batch.size;
  sums.loss += loss * batch.size;
  sums.genderImages += gender;
  sums.genderLoss += genderLoss * gender;
  sums.identityImages += identity;
  sums.identityLoss += identityLoss * identity;
  sums.genderRight += right?.gender ?? Number.NaN;
  sums.identityRight += right?.identity ?? Number.NaN;
  if (weights) state.weights = { ...weights };
}

function checkLosses({ loss, genderLoss, identityLoss }: StepResult, step: number): void {
  const losses = [
    ['gender loss', genderLoss],
    ['identity loss', identityLoss],
    ['loss', loss],
  ] as const;
  const broken = losses.filter(([, value]) => !Number.isFinite(value));
  if (broken.length === 0) return;
  // Where none is finite, neither task is to blame.
  const [name, value] = broken.length === losses.length ? losses.at(-1)! : broken[0]!;
  throw new FacecomError('nan', `The ${name} is ${value} at step ${step}.`, {
    place: { step },
    found: losses.map(([key, number]) => `${key} ${number}`).join(', '),
    expected: 'finite losses',
    remedy: 'Lower optimizer.lr, set train.clip, or use train.precision: float32.',
  });
}
