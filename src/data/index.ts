export { readAnnotations } from './annotations.ts';
export type { Batch, BatchMixer, PictureAugmenter, TrainBatchOptions } from './batches.ts';
export { batchCount, evaluationBatches, trainBatches } from './batches.ts';
export type {
  Collection,
  Dataset,
  DataWarning,
  LoadOptions,
  Pair,
  PictureEntry,
  Subset,
} from './dataset.ts';
export { corruptPicture, decodePicture } from './decode.ts';
export { type ListedImage, listImages } from './list-images.ts';
export { loadDataset, loadScoring, type Scoring, type ScoringOptions, surveyDataset } from './load.ts';
export { type AlignOptions, alignFolder } from './make/align.ts';
export { corruptFolder } from './make/corrupt.ts';
export { type SheetRow, writeSheet } from './make/sheet.ts';
export { synthesize } from './make/synth.ts';
export { sources } from './sources/index.ts';
export type { OwnPicture, OwnPictures, SourceDefinition } from './sources/own.ts';
export type { Side } from './split.ts';
export { splitPictures } from './split.ts';
export { underCondition } from './under-condition.ts';
