import { accumulation } from './accumulation.ts';
import { compositions } from './compositions.ts';
import { dataPath } from './data-path.ts';
import { effectRanges } from './effect-ranges.ts';
import { imageSize } from './image-size.ts';
import { lossWeights } from './loss-weights.ts';
import { monitor, objective, objectiveSplit } from './metrics.ts';
import { minLr } from './min-lr.ts';
import { mixing } from './mixing.ts';
import type { Rule } from './rule.ts';
import { scoreWeights } from './score-weights.ts';
import { splitFractions } from './split-fractions.ts';
import { strengthSchedule } from './strength-schedule.ts';
import { tracking } from './tracking.ts';
import { warmup } from './warmup.ts';

/** Every rule beside the schema: one line each. */
export const rules: readonly Rule[] = [
  lossWeights,
  scoreWeights,
  splitFractions,
  dataPath,
  imageSize,
  warmup,
  minLr,
  accumulation,
  effectRanges,
  compositions,
  strengthSchedule,
  mixing,
  monitor,
  objective,
  objectiveSplit,
  tracking,
];
