import type { PlacedFinding } from '../findings.ts';
import { policyEntries } from './policy-entries.ts';
import { broken, type Rule } from './rule.ts';

/** What one_of and some_of choose from is enough to choose from. */
export const compositions: Rule = {
  reads: ['augment.policy'],
  check({ augment: { policy } }) {
    const findings: PlacedFinding[] = [];
    for (const { entry, path } of policyEntries(policy)) {
      if (entry.effect === 'some_of' && entry.n! > entry.effects.length)
        findings.push(
          ...broken('rule-compositions', [...path, 'n'], 'some_of is to choose more effects than it has.', {
            found: String(entry.n),
            expected: `at most ${entry.effects.length}`,
          }),
        );
      if (entry.effect === 'one_of' && entry.effects.every(({ p }) => p === 0))
        findings.push(
          ...broken(
            'rule-compositions',
            [...path, 'effects'],
            'The p of all effects of one_of are 0: they are the weights by which it chooses.',
            { expected: 'a p above 0' },
          ),
        );
    }
    return findings;
  },
};
