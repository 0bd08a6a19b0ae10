import type { StepInput } from '../tensor/index.ts';

/** Images [size, side, side, 3] of 0 … 255 and their labels; −1: not labelled. */
export interface LabelledBatch {
  images: Uint8Array;
  gender: Int8Array;
  identity: Int32Array;
  size: number;
  /** What a frozen backbone makes of the images [size, width]: it is not asked again. */
  features?: Float32Array;
  /** The labels of what was mixed into each image, in a share of 1 − lambda: its loss is that of both labels in their shares. */
  mixed?: { gender: Int8Array; identity: Int32Array; lambda: Float32Array };
}

/** A number for each task. */
export interface TaskWeights {
  gender: number;
  identity: number;
}

/** What an image of each class counts. */
export interface Labels {
  gender?: readonly number[];
  identity?: readonly number[];
}

/** Labels as a step takes them, by the names of its inputs. */
export type LabelInputs = Record<string, StepInput>;

export interface LabelOptions {
  smoothing?: number;
  classWeights?: Labels | undefined;
  /** Each image has a second identity with a weight of its own. */
  mixing?: boolean | undefined;
}

/**
 * Labels as a step takes them. A task's weights add up to 1 over the batch and are 0 without the label, so that sums over images are
 * weighted means over the labelled ones, as torch's losses with class weights are.
 */
export function labelInputs(batch: LabelledBatch, options: LabelOptions = {}): LabelInputs {
  const { smoothing = 0, classWeights = {}, mixing = false } = options;
  const { size, mixed } = batch;
  const column = (values: Float32Array): StepInput => ({ shape: [size], dtype: 'float32', values });
  const classes = (labels: Int32Array): StepInput => ({
    shape: [size],
    dtype: 'int32',
    values: labels.slice(0, size).map((label) => Math.max(0, label)),
  });
  const gender = shares(batch, 'gender', classWeights.gender);
  const identity = shares(batch, 'identity', classWeights.identity);
  // Binary cross-entropy is linear in its target: both labels in their shares are one target between them.
  const targets = gender.own.map((own, k) => {
    const other = gender.other[k]!;
    const female = (batch.gender[k]! > 0 ? own : 0) + (mixed && mixed.gender[k]! > 0 ? other : 0);
    const share = own + other > 0 ? female / (own + other) : 0;
    return share * (1 - smoothing) + smoothing / 2;
  });
  return {
    gender: column(targets),
    genderWeight: column(gender.own.map((own, k) => own + gender.other[k]!)),
    identity: classes(batch.identity),
    identityWeight: column(identity.own),
    ...(mixing
      ? {
          otherIdentity: classes(mixed?.identity ?? batch.identity),
          otherIdentityWeight: column(identity.other),
        }
      : {}),
  };
}

/** What each image counts by its own label of a task, and by that of what was mixed into it: 1 in all. */
function shares(
  { mixed, size, ...labels }: LabelledBatch,
  task: 'gender' | 'identity',
  classes: readonly number[] | undefined,
): { own: Float32Array; other: Float32Array } {
  const own = new Float64Array(size);
  const other = new Float64Array(size);
  let total = 0;
  const counts = (label: number, share: number) => (label < 0 ? 0 : share * (classes?.[label] ?? 1));
  for (let k = 0; k < size; k++) {
    const lambda = mixed ? mixed.lambda[k]! : 1;
    own[k] = counts(labels[task][k]!, lambda);
    if (mixed) other[k] = counts(mixed[task][k]!, 1 - lambda);
    total += own[k]! + other[k]!;
  }
  const whole = (values: Float64Array) =>
    Float32Array.from(values, (value) => (total === 0 ? 0 : value / total));
  return { own: whole(own), other: whole(other) };
}

/** Divides a batch into micro-batches of equal size, the last one smaller where it does not divide. */
export function splitBatch(
  batch: LabelledBatch,
  labels: LabelInputs,
  count: number,
): Array<Omit<LabelledBatch, 'mixed'> & { labels: LabelInputs }> {
  const micro = Math.ceil(batch.size / count);
  const image = batch.images.length / batch.size;
  const width = (batch.features?.length ?? 0) / batch.size;
  const parts: ReturnType<typeof splitBatch> = [];
  for (let start = 0; start < batch.size; start += micro) {
    const end = Math.min(batch.size, start + micro);
    const part = (input: StepInput): StepInput => ({
      ...input,
      shape: [end - start],
      values: input.values.subarray(start, end),
    });
    parts.push({
      images: batch.images.subarray(start * image, end * image),
      ...(batch.features ? { features: batch.features.subarray(start * width, end * width) } : {}),
      gender: batch.gender.subarray(start, end),
      identity: batch.identity.subarray(start, end),
      size: end - start,
      labels: Object.fromEntries(Object.entries(labels).map(([name, input]) => [name, part(input)])),
    });
  }
  return parts;
}

/** Weights under which every class that occurs counts alike; their mean over the images is 1. */
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
