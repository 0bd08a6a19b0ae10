import { isBetter } from '../early-stopping.ts';
import type { Decline, ScheduleContext } from './schedule.ts';

export interface PlateauOptions {
  factor: number;
  patience: number;
  min_lr: number;
}

/**
 * The learning rate is multiplied by `factor` at the first epoch after `patience` epochs without a better score, as
 * torch.optim.lr_scheduler.ReduceLROnPlateau with threshold 0 does; the mode is the monitored metric's.
 */
export function plateau(
  { factor, patience, min_lr }: PlateauOptions,
  { lr, mode }: ScheduleContext,
): Decline {
  return {
    start: () => ({ lr, best: null, bad: 0 }),
    rate: (state) => state.lr!,
    afterEpoch: (state, score) => {
      if (score === undefined) return state;
      if (isBetter(score, state.best ?? null, mode)) return { lr: state.lr!, best: score, bad: 0 };
      const bad = state.bad! + 1;
      return bad > patience
        ? // A rate below min_lr (a user's lr that starts there) is never raised.
          { lr: Math.min(state.lr!, Math.max(state.lr! * factor, min_lr)), best: state.best!, bad: 0 }
        : { lr: state.lr!, best: state.best!, bad };
    },
  };
}
