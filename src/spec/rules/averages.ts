import { broken, type Rule } from './rule.ts';

/** Evaluation uses one average of the weights. */
export const averages: Rule = {
  reads: ['train', 'trainer'],
  check({ train: { ema, swa, epochs }, trainer }) {
    if (trainer.command !== undefined || swa === 0) return [];
    if (ema > 0)
      return broken(
        'rule-averages',
        ['train', 'swa'],
        'train.ema and train.swa average the weights each in its own way.',
        {
          found: `ema ${ema}, swa ${swa}`,
          expected: 'one of the two',
          remedy: 'Set train.ema: 0 or train.swa: 0.',
        },
      );
    if (swa <= epochs) return [];
    return broken(
      'rule-averages',
      ['train', 'swa'],
      'train.swa begins after the last epoch: nothing is averaged.',
      {
        found: `swa ${swa}, epochs ${epochs}`,
        expected: `at most ${epochs}`,
        warning: true,
      },
    );
  },
};
