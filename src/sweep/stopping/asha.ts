import type { StoppingRule } from './rule.ts';
import { judgeAtRungs, promotableAtRungs, rungsOf } from './rungs.ts';

/** Asynchronous successive halving (Li et al., A system for massively parallel hyperparameter tuning, 2020). */
export const asha: StoppingRule = {
  name: 'asha',
  judge: (own, others, options) => judgeAtRungs(own, others, rungsOf(options), options),
  promote: (stopped, all, options) => promotableAtRungs(stopped, all, rungsOf(options), options),
};
