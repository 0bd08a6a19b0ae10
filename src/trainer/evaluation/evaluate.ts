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
  signal?: AbortSignal;
}

/**
 * The learner's predictions for every picture of a subset, once each and in its order. Throws `nan` where a logit is not a
 * number, and the signal's reason where it is aborted.
 */
export async function evaluate(
  learner: Pick<Learner, 'evaluate'>,
  subset: Subset,
  { batchSize, identities, step, onProgress, signal }: EvaluateOptions,
): Promise<Outcomes> {
  const genderLogits = new Float32Array(subset.size);
  const identityLogits = new Float32Array(subset.size * identities);
  let done = 0;
  for await (const batch of evaluationBatches(subset, { batchSize })) {
    signal?.throwIfAborted();
    const { gender, identity } = await learner.evaluate(batch);
    checkFinite(gender, 'gender', step);
    checkFinite(identity, 'identity', step);
    for (let i = 0; i < batch.size; i++) {
      const picture = batch.indices[i]!;
      genderLogits[picture] = gender[i]!;
      identityLogits.set(identity.subarray(i * identities, (i + 1) * identities), picture * identities);
    }
    done += batch.size;
    onProgress?.(done, subset.size);
    await new Promise((resume) => setImmediate(resume));
  }
  return { gender: subset.gender, genderLogits, identity: subset.identity, identityLogits, identities };
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
