import { type Learner, type ModelConfig, openLearner } from '../../src/model/index.ts';
import type { OptimizerSpec } from '../../src/model/optimizers/index.ts';

export interface LearnerOptions {
  backbone: ModelConfig['model']['backbone'];
  /** Pixels on a side. */
  size: number;
  precision: ModelConfig['train']['precision'];
  resources: ModelConfig['resources'];
  identities: number;
  frozen?: boolean;
}

/** The network with two heads and Adam that bench/peers/network.py is. */
export const benchModel = ({ backbone }: Pick<LearnerOptions, 'backbone'>) => ({
  backbone,
  heads: { gender: { hidden: 512, dropout: 0.5 }, identity: { hidden: 1024, dropout: 0.5 } },
  loss: { alpha: 0.3, beta: 0.7, label_smoothing: 0 },
  optimizer: { name: 'adam', lr: 1e-3, weight_decay: 0, betas: [0.9, 0.999], epsilon: 1e-8 } as OptimizerSpec,
  ...{ accumulation: 1, clip: 0, ema: 0 },
});

/** Opens it with as many threads as a run gives its trainer. */
export function benchLearner(options: LearnerOptions): Promise<Learner> {
  const { size, precision, resources, identities, frozen } = options;
  const { backbone, heads, loss, optimizer, accumulation, clip, ema } = benchModel(options);
  return openLearner(
    {
      data: { image_size: size },
      model: { backbone, heads },
      loss,
      optimizer,
      train: { accumulation, precision, clip, ema },
      resources,
    },
    { identities, seed: 0, libraryThreads: Number(process.env.FACECOM_THREADS) || undefined, frozen },
  );
}
