export type { Batch, PictureAugmenter, TrainBatchOptions } from './batches.ts';
export { batchCount, evaluationBatches, trainBatches } from './batches.ts';
export type { Dataset, DataWarning, LoadOptions, PictureEntry, Subset } from './dataset.ts';
export { loadDataset, surveyDataset } from './load.ts';
