import type { StepInput } from '../tensor/index.ts';

/** Pictures [size, side, side, 3] of 0 … 255 and their labels; −1: not labelled. */
export interface LabelledBatch {
  images: Uint8Array;
  gender: Int8Array;
  identity: Int32Array;
  size: number;
}

/** A number for each task. */
export interface TaskWeights {
  gender: number;
  identity: number;
}

/** What a picture of each class counts. */
export interface Labels {
  gender?: readonly number[];
  identity?: readonly number[];
}

type Inputs = Record<'gender' | 'genderWeight' | 'identity' | 'identityWeight', StepInput>;

/**
 * Labels as a step takes them. A task's weights add up to 1 over the batch and are 0 without the label, so that sums over pictures are
 * weighted means over the labelled ones, as torch's losses with class weights are.
 */
export function labelInputs(
  { gender, identity, size }: LabelledBatch,
  { smoothing = 0, classWeights = {} }: { smoothing?: number; classWeights?: Labels | undefined } = {},
): Inputs {
  const column = (values: Float32Array): StepInput => ({ shape: [size], dtype: 'float32', values });
  return {
    gender: column(
      Float32Array.from(gender, (label) => (label > 0 ? 1 : 0) * (1 - smoothing) + smoothing / 2),
    ),
    genderWeight: column(weightsOf(gender, classWeights.gender)),
    identity: {
      shape: [size],
      dtype: 'int32',
      values: Int32Array.from(identity, (label) => Math.max(0, label)),
    },
    identityWeight: column(weightsOf(identity, classWeights.identity)),
  };
}

function weightsOf(labels: ArrayLike<number>, classes: readonly number[] | undefined): Float32Array {
  const raw = Float64Array.from(labels, (label) => (label < 0 ? 0 : (classes?.[label] ?? 1)));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return Float32Array.from(raw, (weight) => (total === 0 ? 0 : weight / total));
}

/** Divides a batch into micro-batches of equal size, the last one smaller where it does not divide. */
export function splitBatch(
  batch: LabelledBatch,
  labels: Inputs,
  count: number,
): Array<LabelledBatch & { labels: Inputs }> {
  const micro = Math.ceil(batch.size / count);
  const picture = batch.images.length / batch.size;
  const parts: Array<LabelledBatch & { labels: Inputs }> = [];
  for (let start = 0; start < batch.size; start += micro) {
    const end = Math.min(batch.size, start + micro);
    const part = (input: StepInput): StepInput => ({
      ...input,
      shape: [end - start],
      values: input.values.subarray(start, end),
    });
    parts.push({
      images: batch.images.subarray(start * picture, end * picture),
      gender: batch.gender.subarray(start, end),
      identity: batch.identity.subarray(start, end),
      size: end - start,
      labels: {
        gender: part(labels.gender),
        genderWeight: part(labels.genderWeight),
        identity: part(labels.identity),
        identityWeight: part(labels.identityWeight),
      },
    });
  }
  return parts;
}

/** Weights under which every class that occurs counts alike; their mean over the pictures is 1. */
export function balancedWeights(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  let labelled = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label < 0) continue;
    counts[label]!++;
    labelled++;
  }
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? labelled / (present * count) : 0));
}
