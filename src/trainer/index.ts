export { type Checkpoint, readCheckpoint, readCheckpointInfo } from './checkpoint/checkpoint.ts';
export { copyCheckpoints, endsThere, firstOtherEpoch, readLast } from './checkpoint/extend.ts';
export { classCount } from './class-count.ts';
export {
  type ConditionScores,
  conditionMeans,
  conditionSummary,
  scoreUnderConditions,
} from './evaluation/conditions.ts';
export { evaluateTogether, withMirrored } from './evaluation/evaluate.ts';
export { writeFeatures } from './evaluation/features.ts';
export { evaluateFully, type FullEvaluation, type Thresholds } from './evaluation/full.ts';
export type { Interval } from './evaluation/intervals.ts';
export { lossesOf } from './evaluation/losses.ts';
export { normalised } from './evaluation/matching/embeddings.ts';
export { named, score } from './evaluation/metrics.ts';
export { type Prediction, predictions, submission } from './evaluation/submission.ts';
export { exportGraph, exportWeights, graphFiles, modelCard } from './export.ts';
export { toFailure } from './failure.ts';
export { learnerSettings } from './learner-settings.ts';
export { main } from './main.ts';
export { createSampler } from './sampling/index.ts';
export { standBy } from './standby.ts';
export { openTrained, readBest } from './trained.ts';
export {
  expectedMemory,
  isFlat,
  type SizeMeasured,
  sizesUpTo,
  suggestSize,
} from './tune/batch-sizes.ts';
export { measureSteps } from './tune/measure-steps.ts';
export { rangeTest } from './tune/range-test.ts';
export { type RatePoint, type RateSuggestion, suggestRate } from './tune/rates.ts';
