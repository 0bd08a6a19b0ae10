import type { ImageStreams, Random } from '../base/random.ts';
import type { StrengthPoint } from './strength.ts';

/** A policy and what it is tempered by: `augment` of an experiment. */
export interface AugmentSettings {
  policy: string | readonly object[];
  strength: number;
  schedule: readonly StrengthPoint[];
  max_effects: number;
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
