import type { Decline, ScheduleContext } from './schedule.ts';

/** Multiplied by `factor` after each of the milestones, epochs, as torch.optim.lr_scheduler.MultiStepLR. */
export function step(
  { milestones, factor }: { milestones: readonly number[]; factor: number },
  { lr }: ScheduleContext,
): Decline {
  return { rate: (_, { epoch }) => lr * factor ** milestones.filter((one) => one <= epoch).length };
}
