import type { Schedule, ScheduleContext } from './schedule.ts';

/** The learning rate stays as it is. */
export function constant(_options: { name: 'constant' }, { lr }: ScheduleContext): Schedule {
  return { start: () => ({}), rate: () => lr, afterEpoch: (state) => state };
}
