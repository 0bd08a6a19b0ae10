import { broken, type Rule } from './rule.ts';

/** Features that are kept are those of images that stay as they are. */
export const cachedFeatures: Rule = {
  reads: ['train.cache_features', 'augment', 'trainer'],
  check({ train, augment: { policy, mixup, cutmix }, trainer }) {
    if (!train.cache_features || trainer.command !== undefined) return [];
    const changes = policy !== 'none' && policy.length > 0;
    const mixes = mixup.p + cutmix.p > 0;
    if (!changes && !mixes) return [];
    return broken(
      'rule-cached-features',
      ['train', 'cache_features'],
      'Features are computed once, and augmentation changes the images from epoch to epoch.',
      {
        found: changes ? `augment.policy ${JSON.stringify(policy)}` : 'mixup or cutmix',
        expected: 'augment.policy: none, without mixup and cutmix',
        remedy: 'Set augment.policy: none, or train.cache_features: false.',
      },
    );
  },
};
