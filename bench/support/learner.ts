import { type Learner, type ModelConfig, openLearner } from '../../src/model/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';

export interface LearnerOptions {
  backbone: ModelConfig['model']['backbone'];
  /** Pixels on a side. */
  size: number;
  precision: ModelConfig['train']['precision'];
  resources: ModelConfig['resources'];
  memory?: ModelConfig['train']['memory'];
  identities: number;
  frozen?: boolean;
}

/** The network with two heads and Adam that bench/peers/network.py is. */
export const benchConfig = ({
  backbone,
  size,
  precision,
  resources,
  memory,
}: Pick<LearnerOptions, 'backbone' | 'size' | 'precision' | 'memory'> &
  Partial<Pick<LearnerOptions, 'resources'>>) =>
  resolveConfig({
    name: 'bench',
    data: { image_size: size },
    model: { backbone },
    loss: { alpha: 0.3, beta: 0.7 },
    optimizer: { name: 'adam', weight_decay: 0 },
    train: { precision, ...(memory ? { memory } : {}) },
    ...(resources ? { resources } : {}),
  });

/** Opens it with as many threads as a run gives its trainer. */
export function benchLearner(options: LearnerOptions): Promise<Learner> {
  const { identities, frozen } = options;
  return openLearner(benchConfig(options), {
    ...{ identities, seed: 0, frozen },
    libraryThreads: Number(process.env.FACECOM_THREADS) || undefined,
  });
}
