import { broken, type Rule } from './rule.ts';

/** data.split's fractions add up to 1. */
export const splitFractions: Rule = {
  reads: ['data.split'],
  check: ({ data: { split } }) => {
    const total = split.train + split.validation + split.test;
    if (Math.abs(total - 1) <= 1e-6) return [];
    return broken(
      'rule-split',
      ['data', 'split'],
      `The fractions of data.split add up to ${+total.toFixed(6)}, not to 1.`,
      {
        found: `train ${split.train}, validation ${split.validation}, test ${split.test}`,
        expected: 'train + validation + test = 1',
        remedy: 'Set all three: what is left out has its default.',
      },
    );
  },
};
