import { broken, type Rule } from './rule.ts';

const path = (key: string) => ['model', 'heads', 'identity', key];

/** A margin is an angle between embeddings; a head learns from a classifier, from metric losses or from both. */
export const identityHead: Rule = {
  reads: ['model', 'trainer'],
  check({ model: { heads }, trainer }) {
    if (trainer.command !== undefined) return [];
    const { embedding, loss, metric, neck } = heads.identity;
    if (embedding === 0 && loss !== 'softmax' && loss !== 'none')
      return broken('rule-margin', path('loss'), `${loss} needs an embedding, whose angles it moves.`, {
        found: `loss ${loss}, embedding 0`,
        expected: 'an embedding',
        remedy: 'Set model.heads.identity.embedding: 512.',
      });
    if (embedding === 0 && neck !== 'none')
      return broken(
        'rule-margin',
        path('neck'),
        `The neck ${neck} stands behind an embedding, and there is none.`,
        {
          found: `neck ${neck}, embedding 0`,
          expected: 'an embedding',
          remedy: 'Set model.heads.identity.embedding: 512, or neck: none.',
        },
      );
    if (loss === 'none' && metric.length === 0)
      return broken('rule-identity-loss', path('loss'), 'The identity head has no loss to learn from.', {
        found: 'loss none, metric []',
        expected: 'a loss, or metric losses',
        remedy: 'Set model.heads.identity.loss, or give metric losses.',
      });
    return [];
  },
};
