import { broken, type Rule } from './rule.ts';

/** A micro-batch holds an image at least. */
export const accumulation: Rule = {
  reads: ['train.batch_size', 'train.accumulation'],
  check: ({ train: { accumulation: parts, batch_size } }) =>
    parts <= batch_size
      ? []
      : broken(
          'rule-accumulation',
          ['train', 'accumulation'],
          `train.batch_size is ${batch_size}: it cannot be divided into ${parts} micro-batches.`,
          { found: String(parts), expected: `at most ${batch_size}` },
        ),
};
