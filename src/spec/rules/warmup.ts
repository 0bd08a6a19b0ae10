import { broken, type Rule } from './rule.ts';

/** The warmup of a schedule is shorter than the training. */
export const warmup: Rule = {
  reads: ['schedule', 'train.epochs'],
  check: ({ schedule, train: { epochs } }) => {
    if (!('warmup' in schedule) || schedule.warmup === 0 || schedule.warmup < epochs) return [];
    return broken(
      'rule-warmup',
      ['schedule', 'warmup'],
      'schedule.warmup must be shorter than train.epochs: the learning rate would never reach its value.',
      { found: `warmup ${schedule.warmup}, epochs ${epochs}`, expected: `below ${epochs} epochs` },
    );
  },
};
