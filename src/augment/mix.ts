import type { Random } from '../base/random.ts';
import { symmetricBeta } from './beta.ts';

/** Images `[size, side, side, 3]`, 0..255, and their labels; −1: not labelled. */
interface MixableBatch {
  images: Uint8Array;
  gender: Int8Array;
  identity: Int32Array;
  size: number;
}

/** The labels of what was mixed into each image of a batch. */
export interface MixedLabels {
  gender: Int8Array;
  identity: Int32Array;
  /** Share of each image's own labels, 0..1; the rest is the other's. */
  lambda: Float32Array;
}

export interface MixSettings {
  /** Both parameters of the beta distribution that the share is drawn from, and the probability a batch. */
  mixup: { alpha: number; p: number };
  cutmix: { alpha: number; p: number };
}

export interface Mixer {
  /** Mixes the images of a batch in place. Returns the labels of what was mixed in, undefined if it was left as it is. */
  mix(batch: MixableBatch, random: Random): MixedLabels | undefined;
}

/**
 * Mixup (Zhang et al., 2018) or CutMix (Yun et al., 2019) of whole batches, as torchvision.transforms.v2 does it: one share for the batch,
 * and each image's partner is the one before it. Undefined if neither is ever done.
 */
export function createMixer({ mixup, cutmix }: MixSettings): Mixer | undefined {
  if (mixup.p <= 0 && cutmix.p <= 0) return undefined;
  return {
    mix(batch, random) {
      const way = random.uniform();
      if (batch.size < 2 || way >= mixup.p + cutmix.p) return undefined;
      const share =
        way < mixup.p
          ? blend(batch, symmetricBeta(mixup.alpha, random))
          : paste(batch, symmetricBeta(cutmix.alpha, random), random);
      const before = (k: number) => (k + batch.size - 1) % batch.size;
      return {
        gender: Int8Array.from({ length: batch.size }, (_, k) => batch.gender[before(k)]!),
        identity: Int32Array.from({ length: batch.size }, (_, k) => batch.identity[before(k)]!),
        lambda: new Float32Array(batch.size).fill(share),
      };
    },
  };
}

/** Blends each image with the one before it. Returns the share of its own: lambda in 1/256. */
function blend(batch: MixableBatch, lambda: number): number {
  const own = Math.round(256 * lambda);
  const other = 256 - own;
  withBefore(batch, (picture, before) => {
    for (let i = 0; i < picture.length; i++) picture[i] = (picture[i]! * own + before[i]! * other + 128) >> 8;
  });
  return own / 256;
}

/** Pastes a rectangle of 1 − lambda of the area, less what lies outside, from the image before. Returns what is left of its own. */
function paste(batch: MixableBatch, lambda: number, random: Random): number {
  const side = Math.sqrt(batch.images.length / batch.size / 3);
  const half = (side * Math.sqrt(1 - lambda)) / 2;
  const [x, y] = [random.integer(0, side - 1), random.integer(0, side - 1)];
  const within = (value: number) => Math.max(0, Math.min(side, Math.floor(value)));
  const [left, right, top, bottom] = [x - half, x + half, y - half, y + half].map(within) as [
    number,
    number,
    number,
    number,
  ];
  withBefore(batch, (picture, before) => {
    for (let row = top; row < bottom; row++) {
      const at = 3 * (row * side + left);
      picture.set(before.subarray(at, at + 3 * (right - left)), at);
    }
  });
  return 1 - ((right - left) * (bottom - top)) / (side * side);
}

/** Calls for each image with the one before it as it was; before the first is the last. */
function withBefore(
  { images, size }: MixableBatch,
  work: (picture: Uint8Array, before: Uint8Array) => void,
): void {
  const length = images.length / size;
  const at = (k: number) => images.subarray(k * length, (k + 1) * length);
  const last = at(size - 1).slice();
  for (let k = size - 1; k > 0; k--) work(at(k), at(k - 1));
  work(at(0), last);
}
