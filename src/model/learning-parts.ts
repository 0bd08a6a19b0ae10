import type { Variable } from '../tensor/index.ts';
import type { Parameter } from './layers.ts';
import type { LearnerOptions } from './learner.ts';
import type { Network } from './network.ts';
import type { Optimizer } from './optimizers/index.ts';

/** What the steps of a learner are made of. */
export interface LearningParts {
  options: LearnerOptions;
  network: Network;
  /** All that ever learns. */
  trainable: readonly Parameter[];
  optimizer: Optimizer;
  /** Moving averages of parameters, which evaluation uses. */
  averages: ReadonlyMap<Variable, Variable>;
  /** Sums of the gradients of micro-batches. */
  sums: ReadonlyMap<Parameter, Variable>;
}
