/** Metrics of matching and of the challenge's scores by them, in the order of the tables. */
const matchingMetrics = [
  'verification_auc',
  'verification_eer',
  'verification_accuracy',
  'verification_precision',
  'verification_recall',
  'verification_f1',
  'tar_at_far_1e-1',
  'tar_at_far_1e-2',
  'tar_at_far_1e-3',
  'tar_at_far_1e-4',
  'gallery_rank1',
  'gallery_rank5',
  'gallery_macro_f1',
  'gallery_open_set',
  'challenge_pairs',
  'challenge_gallery',
] as const;

/** Every metric that the built-in trainer records of validation and test images, in the order of the tables. */
export const metricNames = [
  'gender_accuracy',
  'gender_precision',
  'gender_recall',
  'gender_f1',
  'identity_top1',
  'identity_top5',
  'identity_macro_f1',
  'combined',
  ...matchingMetrics,
] as const;

/**
 * How fast an epoch was, which differs between two runs of the same steps: images a second, and the share of the time that steps waited for
 * their batch.
 */
export const timingNames = ['train/images_per_second', 'train/waiting_for_data'] as const;

/** Losses of a split that can be monitored. */
export const lossNames = ['loss', 'gender_loss', 'identity_loss'] as const;

/** Scores of the training images, as the steps saw them. */
export const trainScoreNames = ['gender_accuracy', 'identity_top1'] as const;

/** Whether a metric is one of matching, under whatever split. */
export const isMatching = (metric: string): boolean =>
  /(?:^|\/)(?:verification_|tar_at_far_|gallery_|challenge_)/.test(metric);
