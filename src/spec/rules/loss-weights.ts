import { broken, type Rule } from './rule.ts';

/** loss.alpha + loss.beta > 0: otherwise nothing is learnt. */
export const lossWeights: Rule = {
  reads: ['loss'],
  check: ({ loss: { alpha, beta } }) =>
    alpha + beta > 0
      ? []
      : broken(
          'rule-loss-weights',
          ['loss'],
          'loss.alpha and loss.beta are both 0: nothing would be learnt.',
          {
            found: `alpha ${alpha}, beta ${beta}`,
            expected: 'alpha + beta > 0',
          },
        ),
};
