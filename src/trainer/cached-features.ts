import type { Subset } from '../data/index.ts';
import { evaluationBatches } from '../data/index.ts';
import type { Learner } from '../model/index.ts';

interface Options {
  batchSize: number;
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

/**
 * What the backbone makes of every image of a subset, computed once: a function from positions to their features, one row an image. The
 * memory is 4 bytes a value, such as 4 MB for 2,000 images and 512 features.
 */
export async function cacheFeatures(
  learner: Required<Pick<Learner, 'features'>>,
  subset: Subset,
  { batchSize, signal, onProgress }: Options,
): Promise<(positions: Int32Array) => Float32Array> {
  let all = new Float32Array();
  let width = 0;
  let done = 0;
  for (const batch of evaluationBatches(subset, { batchSize })) {
    signal.throwIfAborted();
    const found = await learner.features(batch);
    if (width === 0) {
      width = found.length / batch.size;
      all = new Float32Array(subset.size * width);
    }
    all.set(found, done * width);
    done += batch.size;
    onProgress(done, subset.size);
  }
  return (positions) => {
    const rows = new Float32Array(positions.length * width);
    for (const [k, i] of positions.entries()) rows.set(all.subarray(i * width, (i + 1) * width), k * width);
    return rows;
  };
}
