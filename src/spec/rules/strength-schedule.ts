import { broken, type Rule } from './rule.ts';

/** The points of the strength's schedule follow each other. */
export const strengthSchedule: Rule = {
  reads: ['augment.schedule'],
  check({ augment: { schedule } }) {
    return schedule.flatMap(({ epoch }, i) => {
      const before = schedule[i - 1];
      if (!before || before.epoch < epoch) return [];
      return broken(
        'rule-strength-schedule',
        ['augment', 'schedule', i, 'epoch'],
        'The points of augment.schedule are not in the order of their epochs.',
        { found: `${epoch} after ${before.epoch}`, expected: `above ${before.epoch}` },
      );
    });
  },
};
