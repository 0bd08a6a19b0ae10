import type { PlacedFinding } from '../findings.ts';
import { policyEntries } from './policy-entries.ts';
import { broken, type Rule } from './rule.ts';

/** The ranges of effects are given as low, high; an area as its least and its greatest corner. */
export const effectRanges: Rule = {
  reads: ['augment.policy'],
  check({ augment: { policy } }) {
    const findings: PlacedFinding[] = [];
    for (const { entry, path } of policyEntries(policy))
      for (const [key, value] of Object.entries(entry)) {
        if (!Array.isArray(value) || value.length % 2 !== 0 || typeof value[0] !== 'number') continue;
        const half = value.length / 2;
        if (value.slice(0, half).every((low, k) => low <= value[half + k])) continue;
        findings.push(
          ...broken(
            'rule-range',
            [...path, key],
            half === 1
              ? `The range of ${entry.effect} runs from high to low.`
              : `The area of ${entry.effect} ends before it begins.`,
            {
              found: JSON.stringify(value),
              expected: half === 1 ? '[low, high]' : '[x_min, y_min, x_max, y_max]',
            },
          ),
        );
      }
    return findings;
  },
};
