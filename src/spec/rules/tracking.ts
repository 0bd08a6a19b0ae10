import { holdsSecret, withoutSecrets } from '../../base/secrets.ts';
import { suggest } from '../../base/suggest.ts';
import { broken, type Rule } from './rule.ts';

/** tracking.mlflow is auto, off or an address; an address with a password would be recorded with every run. */
export const tracking: Rule = {
  reads: ['tracking'],
  check({ tracking: { mlflow } }) {
    const at = ['tracking', 'mlflow'];
    if (mlflow === 'auto' || mlflow === 'off') return [];
    if (holdsSecret(mlflow))
      return broken(
        'rule-secret',
        at,
        'tracking.mlflow holds a name, password or key, which would be recorded.',
        {
          found: withoutSecrets(mlflow),
          remedy: 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.',
        },
      );
    if (/^https?:\/\/[^/?#]/i.test(mlflow)) return [];
    const near = suggest(mlflow, ['auto', 'off']);
    return broken('rule-mlflow', at, 'tracking.mlflow is neither auto nor off nor the address of a server.', {
      found: mlflow,
      expected: 'auto, off or http://HOST:PORT',
      ...(near ? { suggestion: near.text, fix: near.sure ? near.text : undefined } : {}),
    });
  },
};
