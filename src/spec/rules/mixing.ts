import { broken, type Rule } from './rule.ts';

/** A batch is mixed in one way or not at all. */
export const mixing: Rule = {
  reads: ['augment.mixup', 'augment.cutmix'],
  check({ augment: { mixup, cutmix } }) {
    const sum = mixup.p + cutmix.p;
    if (sum <= 1 + 1e-9) return [];
    return broken(
      'rule-mixing',
      ['augment', 'cutmix', 'p'],
      'A batch is mixed by mixup or by cutmix: their probabilities add up to more than 1.',
      { found: `${mixup.p} + ${cutmix.p}`, expected: 'at most 1' },
    );
  },
};
