import { broken, type Rule } from './rule.ts';

/** A batch of some identities with some images each has as many images as the product; metric losses need two of an identity. */
export const sampler: Rule = {
  reads: ['model', 'train', 'trainer'],
  check({ model, train: { sampler: chosen, batch_size }, trainer }) {
    if (trainer.command !== undefined) return [];
    if (chosen.name === 'pk') {
      const product = chosen.identities * chosen.images;
      if (product === batch_size) return [];
      return broken(
        'rule-pk',
        ['train', 'batch_size'],
        `A batch of ${chosen.identities} identities with ${chosen.images} images each holds ${product}, not ${batch_size}.`,
        { found: String(batch_size), expected: String(product), fix: String(product) },
      );
    }
    const [first] = model.heads.identity.metric;
    if (!first) return [];
    return broken(
      'rule-metric-batches',
      ['train', 'sampler'],
      `${first.loss} compares images of one identity, and batches that are not drawn for it hold few of them.`,
      {
        found: `sampler ${chosen.name}`,
        expected: 'sampler pk',
        remedy: 'Set train.sampler: {name: pk, identities: 8, images: 4} and train.batch_size: 32.',
        warning: true,
      },
    );
  },
};
