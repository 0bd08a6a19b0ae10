import { resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import type { ListedImage } from '../data/index.ts';
import type { Learner } from '../model/index.ts';
import type { Experiment } from '../spec/index.ts';
import type { Prediction } from '../trainer/index.ts';
import { changedConfig, prepareProcess, trainedRun } from './trained-run.ts';

export interface PredictOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** flip: the means over each image and its mirror image. */
  tta?: 'none' | 'flip';
  /** safetensors file to write with the features of each image, of length 1: `features [pictures, width]`, names in its metadata. */
  features?: string;
  /** Assignments to keys of `evaluate` and `resources`. */
  set?: readonly string[];
  signal?: AbortSignal;
  /** Predictions as they come, in the order of the images. */
  onPrediction?: (prediction: Prediction) => void;
  /** An image that cannot be decoded; the others are predicted. */
  onCorrupt?: (name: string, error: FacecomError) => void;
  onProgress?: (done: number, total: number) => void;
}

export interface Predicted {
  run: string;
  dir: string;
  predictions: Prediction[];
  /** Images that were found, and of these, that could not be decoded. */
  pictures: number;
  failed: number;
  /** File with the features, and their width. */
  features?: { file: string; width: number };
  seconds: number;
}

/**
 *   run ─▶ best checkpoint ─▶ model ─▶ batch after batch: decode, predict
 *
 * Gender and identity of images, given as files and folders. Throws FacecomError with exit code 2 if there are none.
 */
export async function predict(
  text: string,
  paths: readonly string[],
  options: PredictOptions = {},
): Promise<Predicted> {
  const started = performance.now();
  const { onPrediction, onProgress, signal, runs = 'runs' } = options;
  const { id, dir } = trainedRun(text, runs);
  const { listImages } = await import('../data/index.ts');
  const { images, leftOut } = await listImages(paths);
  const { classCount, normalised, openTrained, predictions, readBest, withMirrored, writeFeatures } =
    await import('../trainer/index.ts');
  const checkpoint = await readBest(dir);
  const config = changedConfig(checkpoint.config, options.set);
  prepareProcess(config);
  const learner: Learner = await openTrained(checkpoint, { resources: config.resources });
  const rows: Prediction[] = [];
  const features: Float32Array[] = [];
  const tta = options.tta ?? config.evaluate.tta;
  let failed = 0;
  const { batch_size: size } = config.evaluate;
  const onCorrupt = (name: string, error: FacecomError) => {
    failed++;
    options.onCorrupt?.(name, error);
  };
  for (const { name, why } of leftOut)
    onCorrupt(
      name,
      new FacecomError('data-picture-special', 'This is no image.', { found: `${name}: ${why}` }),
    );
  for (let start = 0; start < images.length; start += size) {
    signal?.throwIfAborted();
    const part = images.slice(start, start + size);
    const { names, pixels } = await decode(part, config.data, onCorrupt);
    if (names.length > 0) {
      const batch = { images: pixels, size: names.length };
      const { gender, identity, embedding } =
        tta === 'flip' ? await withMirrored(learner, batch) : await learner.evaluate(batch);
      if (options.features && embedding)
        features.push(normalised(embedding, embedding.length / names.length).values);
      const identities = classCount(checkpoint.identities);
      const logits = { genderLogits: gender, identityLogits: identity, identities };
      const found = predictions(names, logits, checkpoint.identities);
      rows.push(...found);
      for (const row of found) onPrediction?.(row);
    }
    onProgress?.(Math.min(start + size, images.length), images.length);
  }
  const written = options.features && features.length > 0 ? resolve(options.features) : undefined;
  const width = features.reduce((sum, part) => sum + part.length, 0) / Math.max(1, rows.length);
  if (written !== undefined)
    await writeFeatures(
      written,
      features,
      rows.map(({ filename }) => filename),
    );
  const seconds = (performance.now() - started) / 1000;
  return {
    run: id,
    dir,
    predictions: rows,
    pictures: images.length + leftOut.length,
    failed,
    ...(written === undefined ? {} : { features: { file: written, width } }),
    seconds,
  };
}

/** The images of a batch that can be decoded, in their order. */
async function decode(
  images: readonly ListedImage[],
  { image_size: side, fit }: Experiment['data'],
  onCorrupt: (name: string, error: FacecomError) => void,
): Promise<{ names: string[]; pixels: Uint8Array }> {
  const { decodePicture } = await import('../data/index.ts');
  const decoded = await Promise.allSettled(images.map(({ file }) => decodePicture(file, side, fit)));
  const names: string[] = [];
  const length = side * side * 3;
  const pixels = new Uint8Array(images.length * length);
  for (const [i, outcome] of decoded.entries()) {
    if (outcome.status === 'fulfilled') {
      pixels.set(outcome.value, names.length * length);
      names.push(images[i]!.name);
    } else if (outcome.reason instanceof FacecomError) onCorrupt(images[i]!.name, outcome.reason);
    else throw outcome.reason;
  }
  return { names, pixels: pixels.subarray(0, names.length * length) };
}
