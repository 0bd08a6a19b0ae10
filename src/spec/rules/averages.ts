import { broken, type Rule } from './rule.ts';

/** Evaluation uses one average of the weights. */
export const averages: Rule = {
  reads: ['train', 'trainer'],
  check({ train: { ema, swa, epochs, validate_every }, trainer }) {
    if (trainer.command !== undefined || swa === 0) return [];
    if (validate_every > 0)
      return broken(
        'rule-averages',
        ['train', 'validate_every'],
        'train.swa averages the weights after each epoch: within one there is nothing new to validate.',
        {
          found: `swa ${swa}, validate_every ${validate_every}`,
          expected: 'one of the two',
          remedy: 'Set train.validate_every: 0 or train.swa: 0.',
        },
      );
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
