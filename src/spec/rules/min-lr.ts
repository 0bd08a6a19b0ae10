import { broken, type Rule } from './rule.ts';

/** The least learning rate of a schedule is not above the learning rate. */
export const minLr: Rule = {
  reads: ['schedule', 'optimizer'],
  check({ schedule, optimizer: { lr } }) {
    if (!('min_lr' in schedule) || schedule.min_lr <= lr) return [];
    return broken(
      'rule-min-lr',
      ['schedule', 'min_lr'],
      'schedule.min_lr is above optimizer.lr: the learning rate would rise.',
      { found: `min_lr ${schedule.min_lr}, lr ${lr}`, expected: `at most ${lr}` },
    );
  },
};
