import { dataPath } from './data-path.ts';
import { lossWeights } from './loss-weights.ts';
import type { Rule } from './rule.ts';
import { scoreWeights } from './score-weights.ts';
import { splitFractions } from './split-fractions.ts';
import { warmup } from './warmup.ts';

/** Every rule beside the schema: one line each. */
export const rules: readonly Rule[] = [lossWeights, scoreWeights, splitFractions, dataPath, warmup];
