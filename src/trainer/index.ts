export { type Checkpoint, readCheckpoint, readCheckpointInfo } from './checkpoint/checkpoint.ts';
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
export { exportOnnx, exportWeights, modelCard } from './export.ts';
export { main } from './main.ts';
export { standBy } from './standby.ts';
export { openTrained, readBest } from './trained.ts';
