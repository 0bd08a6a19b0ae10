import { augmentationStream, type ImageStreams } from '../../base/random.ts';
import type { Augmenter, AugmentSettings } from '../types.ts';

/** The images of a batch, whose augmentation several threads share. */
export interface AugmentJob extends ImageStreams {
  settings: AugmentSettings;
  /** Side, pixels. */
  imageSize: number;
  /** [n, size, size, 3], in memory that the threads share. */
  images: Uint8Array;
  /** Shared: the next image that nobody has taken, the images that are done, whether one failed. */
  counters: Int32Array;
}

const NEXT = 0;
const DONE = 1;
const FAILED = 2;

export const newCounters = (): Int32Array => new Int32Array(new SharedArrayBuffer(12));

/** Augments images of the job, each time the next that nobody has taken, until there is none. */
export function takePart(job: AugmentJob, augmenter: Pick<Augmenter, 'apply'>): void {
  const { images, counters } = job;
  const count = job.indices.length;
  const length = images.length / count;
  for (let k = Atomics.add(counters, NEXT, 1); k < count; k = Atomics.add(counters, NEXT, 1)) {
    try {
      augmenter.apply(images.subarray(k * length, (k + 1) * length), augmentationStream(job, k));
    } catch (error) {
      Atomics.store(counters, FAILED, 1);
      throw error;
    } finally {
      if (Atomics.add(counters, DONE, 1) + 1 === count) Atomics.notify(counters, DONE);
    }
  }
}

/** Waits until all images are done. Returns whether all went well in so many milliseconds. */
export function awaitOthers({ indices, counters }: AugmentJob, milliseconds: number): boolean {
  const until = performance.now() + milliseconds;
  for (;;) {
    const done = Atomics.load(counters, DONE);
    if (Atomics.load(counters, FAILED) !== 0) return false;
    if (done >= indices.length) return true;
    const left = until - performance.now();
    if (left <= 0) return false;
    Atomics.wait(counters, DONE, done, Math.min(left, 100));
  }
}
