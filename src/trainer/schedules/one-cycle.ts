import type { Decline, ScheduleContext } from './schedule.ts';

export interface OneCycleOptions {
  rise: number;
  start_factor: number;
  end_factor: number;
}

/** Up to the learning rate and down again in two half cosines (Smith and Topin, 2018), as torch.optim.lr_scheduler.OneCycleLR. */
export function oneCycle(
  { rise, start_factor, end_factor }: OneCycleOptions,
  { lr }: ScheduleContext,
): Decline {
  const first = lr / start_factor;
  const last = first / end_factor;
  const between = (from: number, to: number, done: number) =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, done))));
  return {
    rate: (_, { index, total }) => {
      const top = rise * total - 1;
      return index <= top
        ? between(first, lr, top <= 0 ? 1 : index / top)
        : between(lr, last, (index - top) / (total - 1 - top || 1));
    },
  };
}
