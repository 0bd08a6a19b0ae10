import { broken, type Rule } from './rule.ts';

/** evaluate.score's weights are not both 0: otherwise every model scores 0. */
export const scoreWeights: Rule = {
  reads: ['evaluate.score'],
  check: ({ evaluate: { score } }) =>
    score.gender + score.identity > 0
      ? []
      : broken(
          'rule-score-weights',
          ['evaluate', 'score'],
          'The weights of evaluate.score are both 0: every model would score 0.',
          {
            found: `gender ${score.gender}, identity ${score.identity}`,
            expected: 'gender + identity > 0',
          },
        ),
};
