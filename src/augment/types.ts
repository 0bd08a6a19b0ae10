import type { Random } from '../base/random.ts';
import type { StrengthPoint } from './strength.ts';

/** A policy and what it is tempered by: `augment` of an experiment. */
export interface AugmentSettings {
  policy: string | readonly object[];
  strength: number;
  schedule: readonly StrengthPoint[];
  max_effects: number;
}

/** What names the streams of a batch's images: see augmentationStream. */
export interface ImageStreams {
  seed: number;
  /** Counted from 0. */
  epoch: number;
  /** Position of each image in its subset. */
  indices: Int32Array;
  /** Of the first image in the epoch, where an order may hold an image twice. */
  position?: number;
}

export interface Augmenter {
  /** Changes the image `[size, size, 3]` RGB, 0..255 in place; what it draws comes from the stream. */
  apply(pixels: Uint8Array, random: Random): void;
  /** Changes the images of a batch `[n, size, size, 3]` in place, on several threads; they lie in `memory`. */
  batches?: {
    memory(bytes: number): Uint8Array;
    apply(images: Uint8Array, streams: ImageStreams): void;
  };
}
