import type { Schedule, ScheduleContext } from './schedule.ts';

export interface CosineOptions {
  name: 'cosine';
  /** Epochs. */
  warmup: number;
  min_lr: number;
}

/**
 * A linear rise to the learning rate over the first `warmup` epochs, then half a cosine down to `min_lr` at the last step
 * (Loshchilov and Hutter, 2017), changed at every step.
 */
export function cosine(
  { warmup, min_lr }: CosineOptions,
  { lr, epochs, stepsPerEpoch }: ScheduleContext,
): Schedule {
  const total = epochs * stepsPerEpoch;
  const rising = Math.min(Math.round(warmup * stepsPerEpoch), total);
  return {
    start: () => ({}),
    rate: (_state, step) => {
      if (step <= rising) return lr * (step / rising);
      const done = total - rising <= 1 ? 0 : (step - rising - 1) / (total - rising - 1);
      const weight = (1 + Math.cos(Math.PI * Math.min(done, 1))) / 2;
      return weight * lr + (1 - weight) * min_lr;
    },
    afterEpoch: (state) => state,
  };
}
