import { accumulation } from './accumulation.ts';
import { averages } from './averages.ts';
import { cachedFeatures } from './cached-features.ts';
import { compositions } from './compositions.ts';
import { dataPath } from './data-path.ts';
import { effectRanges } from './effect-ranges.ts';
import { identityHead } from './identity-head.ts';
import { imageSize, patches } from './image-size.ts';
import { lossWeights } from './loss-weights.ts';
import { monitor, objective, objectiveSplit } from './metrics.ts';
import { minLr } from './min-lr.ts';
import { mixing } from './mixing.ts';
import { notify } from './notify.ts';
import { phases } from './phases.ts';
import type { Rule } from './rule.ts';
import { sampler } from './sampler.ts';
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
  patches,
  identityHead,
  sampler,
  phases,
  averages,
  warmup,
  minLr,
  accumulation,
  effectRanges,
  compositions,
  strengthSchedule,
  mixing,
  cachedFeatures,
  monitor,
  objective,
  objectiveSplit,
  tracking,
  notify,
];
