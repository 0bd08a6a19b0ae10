export { type ConditionScores, conditionMeans, scoreUnderConditions } from './evaluation/conditions.ts';
export { evaluate } from './evaluation/evaluate.ts';
export { named, score } from './evaluation/metrics.ts';
export { type Prediction, predictions, submission } from './evaluation/submission.ts';
export { exportWeights, modelCard } from './export.ts';
export { main } from './main.ts';
export { standBy } from './standby.ts';
export { openTrained, readBest } from './trained.ts';
