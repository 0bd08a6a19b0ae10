import type { Decline, ScheduleContext } from './schedule.ts';

/** Multiplied by `factor` after each of the epochs, as torch.optim.lr_scheduler.MultiStepLR. */
export function step(
  { epochs, factor }: { epochs: readonly number[]; factor: number },
  { lr }: ScheduleContext,
): Decline {
  return { rate: (_, { epoch }) => lr * factor ** epochs.filter((one) => one <= epoch).length };
}
