import { augmentationStream, type ImageStreams, Random } from '../base/random.ts';
import type { Subset } from './dataset.ts';

export interface Batch {
  /** `[size, S, S, 3]` RGB, 0..255. */
  images: Uint8Array;
  /** 0 male, 1 female, -1 unknown. */
  gender: Int8Array;
  /** Class of the identity, -1 unknown. */
  identity: Int32Array;
  size: number;
  /** Position of each image in its subset. */
  indices: Int32Array;
  /** The labels of what was mixed into each image, if the batch was mixed; `lambda` is the share of its own. */
  mixed?: { gender: Int8Array; identity: Int32Array; lambda: Float32Array };
}

/** Changes one image `[S, S, 3]` in place with draws from the stream. */
export interface PictureAugmenter {
  apply(pixels: Uint8Array, random: Random): void;
  /** Where it is faster at several images: changes all of a batch `[n, S, S, 3]` in place, which lies in memory of its own. */
  batches?: {
    memory(bytes: number): Uint8Array;
    apply(images: Uint8Array, streams: ImageStreams): void;
  };
}

/** Mixes the images of a batch in place with draws from the stream. Returns the labels of what was mixed in, if it was. */
export interface BatchMixer {
  mix(batch: Batch, random: Random): Batch['mixed'];
}

export interface TrainBatchOptions {
  batchSize: number;
  epoch: number;
  seed: number;
  augment: PictureAugmenter;
  mixer?: BatchMixer;
  /** Position of the first batch to give: a resumed epoch continues where it was left. */
  start?: number;
  /** Leaves out the last batch if it is not full. */
  dropLast?: boolean;
  /** Positions of the epoch's images, batch after batch; all of them once, shuffled, if left out. */
  order?: Int32Array;
}

/** Batches of an epoch. */
export function batchCount(size: number, batchSize: number, dropLast = false): number {
  return dropLast ? Math.floor(size / batchSize) : Math.ceil(size / batchSize);
}

/**
 * The training batches of one epoch, shuffled and augmented; the last may be smaller. Order and augmentation depend on seed,
 * epoch and image only, so that a start in the middle gives the batches of a whole epoch.
 * The next batch is made while the caller awaits its step: at the first turn of the event loop after a batch was handed out. The images of a batch
 * are valid until the next is handed out: their memory is used again.
 */
export async function* trainBatches(subset: Subset, options: TrainBatchOptions): AsyncGenerator<Batch> {
  const { batchSize, epoch, seed, augment, mixer } = options;
  const order =
    options.order ??
    new Random(seed, 'shuffle', epoch).shuffle(Int32Array.from({ length: subset.size }, (_, i) => i));
  const count = batchCount(order.length, batchSize, options.dropLast);
  // Two batches live at once: the one that is trained on and the next.
  const buffers: Array<Uint8Array | undefined> = [];
  const memory = augment.batches?.memory ?? ((bytes: number) => new Uint8Array(bytes));
  const make = (b: number): Batch => {
    const indices = order.slice(b * batchSize, Math.min((b + 1) * batchSize, order.length));
    const length = subset.pixels(indices[0]!).length;
    const buffer = buffers[b % 2] ?? memory(batchSize * length);
    buffers[b % 2] = buffer;
    const batch = gather(subset, indices, buffer);
    const streams = { seed, epoch, indices, ...(options.order ? { position: b * batchSize } : {}) };
    if (augment.batches) augment.batches.apply(batch.images, streams);
    else augmentAll(batch.images, streams, augment);
    const mixed = mixer?.mix(batch, new Random(seed, 'mix', epoch, b));
    return mixed ? { ...batch, mixed } : batch;
  };
  let next: Promise<Batch> | undefined;
  for (let b = options.start ?? 0; b < count; b++) {
    const batch = next === undefined ? make(b) : await next;
    next = b + 1 < count ? later(() => make(b + 1)) : undefined;
    // Its failure is reported where it is awaited, which an abandoned epoch never does.
    next?.catch(() => {});
    yield batch;
  }
}

/** Every image from `start` on once, in order, unchanged; the last batch may be smaller. */
export function* evaluationBatches(
  subset: Subset,
  options: { batchSize: number; start?: number },
): Generator<Batch> {
  for (let start = options.start ?? 0; start < subset.size; start += options.batchSize) {
    const size = Math.min(options.batchSize, subset.size - start);
    yield gather(
      subset,
      Int32Array.from({ length: size }, (_, k) => start + k),
    );
  }
}

function augmentAll(images: Uint8Array, streams: ImageStreams, augment: PictureAugmenter): void {
  const count = streams.indices.length;
  const length = images.length / count;
  for (let k = 0; k < count; k++)
    augment.apply(images.subarray(k * length, (k + 1) * length), augmentationStream(streams, k));
}

/** `buffer`: takes the images, if there is one. */
function gather(subset: Subset, indices: Int32Array, buffer?: Uint8Array): Batch {
  const size = indices.length;
  const length = size === 0 ? 0 : subset.pixels(indices[0]!).length;
  const batch: Batch = {
    images: buffer?.subarray(0, size * length) ?? new Uint8Array(size * length),
    gender: new Int8Array(size),
    identity: new Int32Array(size),
    size,
    indices,
  };
  for (let k = 0; k < size; k++) {
    const i = indices[k]!;
    subset.copyPixels(i, batch.images, k * length);
    batch.gender[k] = subset.gender[i]!;
    batch.identity[k] = subset.identity[i]!;
  }
  return batch;
}

function later<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    });
  });
}
