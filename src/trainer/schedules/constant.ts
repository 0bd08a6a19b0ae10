import type { Decline, ScheduleContext } from './schedule.ts';

/** The learning rate stays as it is. */
export function constant(_: object, { lr }: ScheduleContext): Decline {
  return { rate: () => lr };
}
