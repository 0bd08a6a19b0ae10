import { FacecomError } from '../../base/errors.ts';
import { evaluationBatches, type Subset } from '../../data/index.ts';
import type { Learner } from '../../model/index.ts';
import type { Outcomes } from './metrics.ts';

export interface EvaluateOptions {
  batchSize: number;
  identities: number;
  /** Optimizer steps behind the weights; named in errors. */
  step?: number;
  /** Called after each batch with the pictures that are done. */
  onProgress?: (done: number, total: number) => void;
  /** Called where the device's memory was too small for a batch: evaluation continues with batches of this size. */
  onSmaller?: (batchSize: number) => void;
  signal?: AbortSignal;
}

/**
 * The learner's predictions for every picture of a subset, once each and in its order. Throws `nan` where a logit is not a
 * number, and the signal's reason where it is aborted.
 */
export async function evaluate(
  learner: Pick<Learner, 'evaluate'>,
  subset: Subset,
  { batchSize, identities, step, onProgress, onSmaller, signal }: EvaluateOptions,
): Promise<Outcomes> {
  const genderLogits = new Float32Array(subset.size);
  const identityLogits = new Float32Array(subset.size * identities);
  let embeddings: Float32Array | undefined;
  let size = batchSize;
  let done = 0;
  while (done < subset.size) {
    try {
      for (const batch of evaluationBatches(subset, { batchSize: size, start: done })) {
        signal?.throwIfAborted();
        const { gender, identity, embedding } = await learner.evaluate(batch);
        checkFinite(gender, 'gender', step);
        checkFinite(identity, 'identity', step);
        genderLogits.set(gender, done);
        identityLogits.set(identity, done * identities);
        if (embedding) {
          const width = embedding.length / batch.size;
          embeddings ??= new Float32Array(subset.size * width);
          embeddings.set(embedding, done * width);
        }
        done += batch.size;
        onProgress?.(done, subset.size);
        await new Promise((resume) => setImmediate(resume));
      }
    } catch (error) {
      if (!(error instanceof FacecomError) || error.code !== 'oom' || size === 1) throw error;
      size = Math.ceil(size / 2);
      onSmaller?.(size);
    }
  }
  return {
    gender: subset.gender,
    genderLogits,
    identity: subset.identity,
    identityLogits,
    identities,
    ...(embeddings ? { embeddings } : {}),
  };
}

function checkFinite(logits: Float32Array, head: string, step: number | undefined): void {
  for (const value of logits) {
    if (Number.isFinite(value)) continue;
    throw new FacecomError('nan', `The ${head} head's output is ${value} in the evaluation.`, {
      place: { step },
      found: String(value),
      expected: 'finite logits',
      remedy: 'The weights have diverged: lower optimizer.lr or set train.clip.',
    });
  }
}

/** What is told where evaluation had to do with less memory. */
export const smallerBatches = (size: number): string =>
  `The device has too little memory for evaluate.batch_size: evaluation continues with batches of ${size}.`;
