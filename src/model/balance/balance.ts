import type { TaskWeights as Weights } from '../batch.ts';
import type { ModelConfig } from '../config.ts';

export type { TaskWeights as Weights } from '../batch.ts';

export type BalanceName = ModelConfig['loss']['balance'];

/** What is carried from step to step: plain JSON, kept in the checkpoint. */
export interface BalanceState {
  /** What the losses are multiplied by. */
  weights: Weights;
  /** Of the method: earlier losses, moments. */
  memory: Record<string, Weights>;
  /** Steps that were counted. */
  count: number;
}

/** What a step says of the balance. */
export interface BalanceSigns {
  losses: Weights;
  /** Lengths of the gradients of either loss at the last layer that both share; only gradnorm measures them. */
  norms?: Weights;
}

/** How the weights of the two losses change outside of the compiled step: pure functions over a state. */
export interface Balance {
  afterStep?(state: BalanceState, signs: BalanceSigns): BalanceState;
  /** `losses`: the means of the epoch. */
  afterEpoch?(state: BalanceState, losses: Weights): BalanceState;
}
