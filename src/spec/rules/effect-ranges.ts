import type { PlacedFinding } from '../findings.ts';
import { broken, type Rule } from './rule.ts';

/** The ranges of effects are given as low, high; an area as its least and its greatest corner. */
export const effectRanges: Rule = {
  reads: ['augment.policy'],
  check({ augment: { policy } }) {
    if (typeof policy === 'string') return [];
    const findings: PlacedFinding[] = [];
    for (const [i, effect] of policy.entries())
      for (const [key, value] of Object.entries(effect)) {
        if (!Array.isArray(value) || value.length % 2 !== 0) continue;
        const half = value.length / 2;
        if (value.slice(0, half).every((low, k) => Number(low) <= Number(value[half + k]))) continue;
        findings.push(
          ...broken(
            'rule-range',
            ['augment', 'policy', i, key],
            half === 1
              ? `The range of ${effect.effect} runs from high to low.`
              : `The area of ${effect.effect} ends before it begins.`,
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
