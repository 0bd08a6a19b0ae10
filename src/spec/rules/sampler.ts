import { broken, type Rule } from './rule.ts';

/** A batch of some people with some pictures each has their product of pictures; metric losses need two of a person. */
export const sampler: Rule = {
  reads: ['model', 'train', 'trainer'],
  check({ model, train: { sampler: chosen, batch_size }, trainer }) {
    if (trainer.command !== undefined) return [];
    if (chosen.name === 'pk') {
      const pictures = chosen.identities * chosen.pictures;
      if (pictures === batch_size) return [];
      return broken(
        'rule-pk',
        ['train', 'batch_size'],
        `A batch of ${chosen.identities} people with ${chosen.pictures} pictures each holds ${pictures}, not ${batch_size}.`,
        { found: String(batch_size), expected: String(pictures), fix: String(pictures) },
      );
    }
    const [first] = model.heads.identity.metric;
    if (!first) return [];
    return broken(
      'rule-metric-batches',
      ['train', 'sampler'],
      `${first.loss} compares pictures of one person, and batches that are not drawn for it hold few of them.`,
      {
        found: `sampler ${chosen.name}`,
        expected: 'sampler pk',
        remedy: 'Set train.sampler: {name: pk, identities: 8, pictures: 4} and train.batch_size: 32.',
        warning: true,
      },
    );
  },
};
