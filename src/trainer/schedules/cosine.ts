import type { Decline, ScheduleContext } from './schedule.ts';

export interface CosineOptions {
  min_lr: number;
  restarts: number;
  period_factor: number;
}

/**
 * Half a cosine from the learning rate down to `min_lr` at the last step, changed at every step; with restarts, several one after
 * another, each `period_factor` times as long as the one before (Loshchilov and Hutter, 2017).
 */
export function cosine(
  { min_lr, restarts, period_factor: growth }: CosineOptions,
  { lr }: ScheduleContext,
): Decline {
  return {
    rate: (_, { index, total }) => {
      const { at, length } = periodOf(index, total, restarts + 1, growth);
      const done = length <= 1 ? 0 : at / (length - 1);
      const weight = (1 + Math.cos(Math.PI * Math.min(done, 1))) / 2;
      return weight * lr + (1 - weight) * min_lr;
    },
  };
}

/** The place of a step in its period, and that period's steps. */
function periodOf(
  index: number,
  total: number,
  periods: number,
  growth: number,
): { at: number; length: number } {
  const whole = growth === 1 ? periods : (growth ** periods - 1) / (growth - 1);
  let start = 0;
  let shares = 0;
  for (let period = 0; period < periods; period++) {
    shares += growth ** period;
    const end = period === periods - 1 ? total : Math.round((total * shares) / whole);
    if (index < end) return { at: index - start, length: end - start };
    start = end;
  }
  return { at: total - 1, length: total };
}
