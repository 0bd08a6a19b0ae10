import { createMixer, epochAugmenter } from '../../augment/index.ts';
import { batchCount, type Dataset, trainBatches } from '../../data/index.ts';
import { createBalance, type Learner } from '../../model/index.ts';
import type { Experiment } from '../../spec/index.ts';
import { createSampler } from '../sampling/index.ts';
import { stretchesOf } from '../stretches.ts';
import { RateCurve, rateOf } from './rates.ts';

export interface TrainingParts {
  config: Experiment;
  dataset: Dataset;
  learner: Learner;
  signal: AbortSignal;
}

export interface RangeOptions {
  /** The first and the last learning rate. */
  from: number;
  to: number;
  steps: number;
  onStep?: (done: number, total: number) => void;
}

/** Trains step by step with rising learning rates until they are through or the loss has diverged. */
export async function rangeTest(
  parts: TrainingParts,
  { from, to, steps, onStep }: RangeOptions,
): Promise<RateCurve> {
  const curve = new RateCurve();
  let step = 0;
  for await (const train of trainingSteps(parts)) {
    const lr = rateOf(step++, steps, from, to);
    curve.add(lr, (await train(lr, step)).loss);
    onStep?.(step, steps);
    if (curve.diverged || step >= steps) return curve;
  }
  return curve;
}

type Step = (lr: number, step: number) => ReturnType<Learner['trainStep']>;

/** The steps of a training from its first on, epoch after epoch and without end, each on the batch that a run has there. */
export async function* trainingSteps({
  config,
  dataset,
  learner,
  signal,
  dropLast = false,
}: TrainingParts & { dropLast?: boolean }): AsyncGenerator<Step> {
  const { train, augment, seed } = config;
  const sampler = createSampler(train, dataset.train, seed);
  const perEpoch = batchCount(sampler?.size ?? dataset.train.size, train.batch_size);
  const { weights } = createBalance(config.loss).start();
  await learner.startPhase?.(stretchesOf(config, perEpoch)[0]!.phase, false);
  for (let epoch = 0; ; epoch++) {
    const order = sampler?.order({ seed, epoch });
    const batches = trainBatches(dataset.train, {
      ...{ batchSize: train.batch_size, epoch, seed, dropLast, mixer: createMixer(augment) },
      augment: epochAugmenter(augment, dataset.imageSize, epoch),
      ...(order ? { order } : {}),
    });
    for await (const batch of batches) {
      signal.throwIfAborted();
      yield (lr, step) => learner.trainStep(batch, { lr, step, epoch: (step - 1) / perEpoch, weights });
    }
  }
}
