import type { ErrorCode } from '../base/error-codes.ts';
import { readTarget } from './read-target.ts';

export interface Cached {
  /** Images in the cache, and of how many pixels on a side. */
  pictures: number;
  image_size: number;
  /** Of the pixels, uncompressed. */
  bytes: number;
  hash: string;
  warnings: { code: ErrorCode; message: string }[];
  seconds: number;
}

/** Decodes the images that an experiment file, a folder or the synthetic faces mean into the cache. */
export async function cacheData(
  target: string | undefined,
  options: {
    set?: readonly string[];
    signal?: AbortSignal;
    onProgress?: (progress: { done: number; total: number }) => void;
  } = {},
): Promise<Cached> {
  const started = performance.now();
  const { data, seed } = await readTarget(target, options.set);
  const { loadDataset } = await import('../data/index.ts');
  const { signal, onProgress } = options;
  const dataset = await loadDataset({ ...data, cache: true }, { seed, signal, onProgress });
  const pictures = dataset.train.size + dataset.validation.size + dataset.test.size;
  return {
    pictures,
    image_size: dataset.imageSize,
    bytes: pictures * dataset.imageSize ** 2 * 3,
    hash: dataset.hash,
    warnings: dataset.warnings,
    seconds: (performance.now() - started) / 1000,
  };
}
