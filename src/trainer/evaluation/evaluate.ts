import { FacecomError } from '../../base/errors.ts';
import { evaluationBatches, type Subset } from '../../data/index.ts';
import type { Learner, Logits } from '../../model/index.ts';
import { concatenated, normalised } from './matching/embeddings.ts';
import type { Outcomes } from './metrics.ts';

export interface EvaluateOptions {
  batchSize: number;
  identities: number;
  /** Optimizer steps behind the weights; named in errors. */
  step?: number;
  /** Called after each batch with the images that are done. */
  onProgress?: (done: number, total: number) => void;
  /** Called if the device's memory was too small for a batch: evaluation continues with batches of this size. */
  onSmaller?: (batchSize: number) => void;
  signal?: AbortSignal;
  /** flip: logits and features are the means of those of each image and its mirror image. */
  tta?: 'none' | 'flip';
}

/**
 * The learner's predictions for every image of a subset, once each and in its order. Throws `nan` if a logit is not a
 * number, and the signal's reason if it is aborted.
 */
export async function evaluate(
  learner: Pick<Learner, 'evaluate'>,
  subset: Subset,
  { batchSize, identities, step, onProgress, onSmaller, signal, tta = 'none' }: EvaluateOptions,
): Promise<Outcomes> {
  const genderLogits = new Float32Array(subset.size);
  const identityLogits = new Float32Array(subset.size * identities);
  let features: Float32Array | undefined;
  let width = 0;
  let size = batchSize;
  let done = 0;
  while (done < subset.size) {
    try {
      for (const batch of evaluationBatches(subset, { batchSize: size, start: done })) {
        signal?.throwIfAborted();
        const { gender, identity, embedding } =
          tta === 'flip' ? await withMirrored(learner, batch) : await learner.evaluate(batch);
        checkFinite(gender, 'gender', step);
        checkFinite(identity, 'identity', step);
        genderLogits.set(gender, done);
        identityLogits.set(identity, done * identities);
        if (embedding) {
          width = embedding.length / batch.size;
          features ??= new Float32Array(subset.size * width);
          features.set(embedding, done * width);
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
    ...(features ? { embeddings: normalised(features, width) } : {}),
  };
}

/** The outcomes of several models as one. */
export async function evaluateTogether(
  learners: readonly Pick<Learner, 'evaluate'>[],
  subset: Subset,
  options: EvaluateOptions,
): Promise<Outcomes> {
  const parts: Outcomes[] = [];
  for (const learner of learners) parts.push(await evaluate(learner, subset, options));
  return ensemble(parts);
}

/** The means of what a model says of images and of their mirror images. */
export async function withMirrored(
  learner: Pick<Learner, 'evaluate'>,
  { images, size }: { images: Uint8Array; size: number },
): Promise<Logits> {
  const plain = await learner.evaluate({ images, size });
  // What a backend gives may be a view of memory that its next step writes to.
  const kept = {
    gender: plain.gender.slice(),
    identity: plain.identity.slice(),
    embedding: plain.embedding?.slice(),
  };
  const mirrored = await learner.evaluate({ images: mirror(images, size), size });
  const mean = (a: Float32Array, b: Float32Array) => a.map((value, i) => (value + b[i]!) / 2);
  return {
    gender: mean(kept.gender, mirrored.gender),
    identity: mean(kept.identity, mirrored.identity),
    ...(kept.embedding && mirrored.embedding ? { embedding: mean(kept.embedding, mirrored.embedding) } : {}),
  };
}

/** Square RGB images, left and right exchanged. */
export function mirror(images: Uint8Array, size: number): Uint8Array {
  const side = Math.round(Math.sqrt(images.length / size / 3));
  const mirrored = new Uint8Array(images.length);
  for (let row = 0; row < images.length; row += side * 3)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++) mirrored[row + 3 * x + c] = images[row + 3 * (side - 1 - x) + c]!;
  return mirrored;
}

/**
 * The outcomes of several models of the same classes on the same images as one: means of the logarithms of their probabilities, and
 * their features side by side.
 */
export function ensemble(parts: readonly Outcomes[]): Outcomes {
  const [first] = parts as [Outcomes];
  if (parts.length === 1) return first;
  const { identities } = first;
  const genderLogits = new Float32Array(first.genderLogits.length);
  const identityLogits = new Float32Array(first.identityLogits.length);
  for (const part of parts) {
    for (const [i, logit] of part.genderLogits.entries()) genderLogits[i]! += logit / parts.length;
    for (let row = 0; row < identityLogits.length; row += identities) {
      let top = Number.NEGATIVE_INFINITY;
      for (let k = row; k < row + identities; k++) top = Math.max(top, part.identityLogits[k]!);
      let sum = 0;
      for (let k = row; k < row + identities; k++) sum += Math.exp(part.identityLogits[k]! - top);
      const shift = top + Math.log(sum);
      for (let k = row; k < row + identities; k++)
        identityLogits[k]! += (part.identityLogits[k]! - shift) / parts.length;
    }
  }
  const embeddings = parts.flatMap((part) => part.embeddings ?? []);
  return {
    ...first,
    genderLogits,
    identityLogits,
    ...(embeddings.length === parts.length ? { embeddings: concatenated(embeddings) } : {}),
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

/** What is told if evaluation had to do with less memory. */
export const smallerBatches = (size: number): string =>
  `The device has too little memory for evaluate.batch_size: evaluation continues with batches of ${size}.`;
