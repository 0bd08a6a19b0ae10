import { asha } from './asha.ts';
import { hyperband } from './hyperband.ts';
import { median } from './median.ts';
import type { StoppingRule } from './rule.ts';

export type { RuleOptions, Series, Stop, StoppingRule } from './rule.ts';

/** Every rule that stops trials early: one line each. */
export const stoppingRules: readonly StoppingRule[] = [asha, hyperband, median];
