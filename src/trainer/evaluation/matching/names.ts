/** Names of the metrics of matching and of the challenge's scores by them, in the order of the tables. */
export const matchingNames = [
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

/** Whether a metric is one of matching, under whatever split. */
export const isMatching = (metric: string): boolean =>
  /(?:^|\/)(?:verification_|tar_at_far_|gallery_|challenge_)/.test(metric);
