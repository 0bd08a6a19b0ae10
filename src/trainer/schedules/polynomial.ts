import type { Decline, ScheduleContext } from './schedule.ts';

/** From the learning rate to `min_lr` at the last step, as a power of what is left: insightface's with power 2. */
export function polynomial(
  { power, min_lr }: { power: number; min_lr: number },
  { lr }: ScheduleContext,
): Decline {
  return {
    rate: (_, { index, total }) => {
      const left = total <= 1 ? 1 : 1 - index / (total - 1);
      return min_lr + (lr - min_lr) * Math.max(0, left) ** power;
    },
  };
}
