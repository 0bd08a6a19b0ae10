import { broken, type Rule } from './rule.ts';

/** A warmup that is not shorter than the training is cut, which is reported: `--set train.epochs=1` must run. */
export const warmup: Rule = {
  reads: ['schedule', 'train.epochs', 'trainer'],
  check: ({ schedule, train: { epochs }, trainer }) => {
    if (trainer.command !== undefined || schedule.warmup_steps > 0) return [];
    if (schedule.warmup === 0 || schedule.warmup < epochs) return [];
    return broken(
      'rule-warmup',
      ['schedule', 'warmup'],
      'schedule.warmup is not shorter than train.epochs: it is cut to half of the training.',
      {
        found: `warmup ${schedule.warmup}, epochs ${epochs}`,
        expected: `below ${epochs} epochs`,
        warning: true,
      },
    );
  },
};
