export type { Batch, PictureAugmenter, TrainBatchOptions } from './batches.ts';
export { batchCount, evaluationBatches, trainBatches } from './batches.ts';
export type { Dataset, DataWarning, LoadOptions, PictureEntry, Subset } from './dataset.ts';
export { loadDataset, loadScoring, type Scoring, type ScoringOptions, surveyDataset } from './load.ts';
export type { Side } from './split.ts';
export { underCondition } from './under-condition.ts';
