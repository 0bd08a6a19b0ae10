import type { Losses } from '../../base/dominance.ts';

/** What is known of one point of a search. */
export interface Observation {
  /** In the order of proposals, from 0; below 0 for what other sweeps found before. */
  number: number;
  /** Per coordinate its value; NaN where it does not exist at this point. */
  at: Float64Array;
  /** `pruned`: ended early, because others were better by then. `failed`: its values made it fail. */
  state: 'running' | 'finished' | 'pruned' | 'failed';
  /** Of finished ones: lower is better. Of stopped ones: the latest. */
  losses?: Losses;
  /** Of stopped ones: the epoch that the losses are of. */
  epoch?: number;
}
