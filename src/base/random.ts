import { wasm } from './kernels/normal.generated.ts';
import { kernel } from './wasm-kernel.ts';

const open = kernel<{ normals(groups: number, deviation: number): void }>(wasm);

/** Numbers that the kernel writes at once, and at most in a call. */
const GROUP = 4;
const CALL = 16_384;
/** Where in its memory they begin. */
const NUMBERS = 16;

/**
 * Named, seeded streams of random numbers. A stream is addressed by what it is for (`['augment', epoch, picture]`), not by
 * how much was drawn before it, so that a resumed run draws what an uninterrupted one would have drawn.
 * The generator is xoshiro128** (Blackman and Vigna, 2021), its state filled by SplitMix32 from a hash of seed and name.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  private spare: number | undefined;

  constructor(seed: number, ...name: ReadonlyArray<string | number>) {
    let h = hash(seed, name);
    const next = () => {
      h = (h + 0x9e3779b9) | 0;
      let z = h ^ (h >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next();
  }

  /** A whole number of 32 random bits, 0 … 2³² − 1. */
  bits(): number {
    const r = Math.imul(this.b, 5);
    const result = Math.imul((r << 7) | (r >>> 25), 9) >>> 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return (
      low + (high - low) * ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) * (1 / 9007199254740992)
    );
  }

  /** A whole number from low to high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Normal, by Box and Muller (1958). */
  normal(mean = 0, standardDeviation = 1): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return mean + standardDeviation * value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return mean + standardDeviation * radius * Math.cos(angle);
  }

  /** Fills `to` with what as many calls of `normal(0, deviation)` would return, in float32: a network has millions of initial values. */
  normals(deviation: number, to: Float32Array): void {
    let at = 0;
    if (this.spare !== undefined && to.length > 0) to[at++] = this.normal(0, deviation);
    while (to.length - at >= GROUP) {
      const count = Math.min(CALL, to.length - at - ((to.length - at) % GROUP));
      const { run, bytes } = open(NUMBERS + 4 * CALL);
      const state = new Int32Array(bytes.buffer, 0, 4);
      state.set([this.a, this.b, this.c, this.d]);
      run.normals(count / GROUP, deviation);
      [this.a, this.b, this.c, this.d] = state as unknown as [number, number, number, number];
      to.set(new Float32Array(bytes.buffer, NUMBERS, count), at);
      at += count;
    }
    while (at < to.length) to[at++] = this.normal(0, deviation);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)]!;
  }

  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return items;
  }
}

/** What names the streams that the images of a batch are augmented from. */
export interface ImageStreams {
  seed: number;
  /** Counted from 0. */
  epoch: number;
  /** Position of each image in its subset. */
  indices: Int32Array;
  /** Of the first image in the epoch, where an order may hold an image twice: it is augmented in two ways. */
  position?: number;
}

/** What the k-th image of a batch is augmented from. */
export const augmentationStream = ({ seed, epoch, indices, position }: ImageStreams, k: number): Random =>
  position === undefined
    ? new Random(seed, 'augment', epoch, indices[k]!)
    : new Random(seed, 'augment', epoch, indices[k]!, position + k);

/** A 32-bit hash of a seed and a name (FNV-1a over the UTF-16 units, then a finalizer), the same on every machine. */
export function hash(seed: number, name: ReadonlyArray<string | number>): number {
  let h = 0x811c9dc5;
  const add = (value: number) => {
    h = Math.imul(h ^ (value & 0xffff), 0x01000193);
    h = Math.imul(h ^ (value >>> 16), 0x01000193);
  };
  add(seed >>> 0);
  for (const part of name) {
    if (typeof part === 'number') {
      add(0xfffe);
      add(part >>> 0);
    } else {
      add(0xffff);
      for (let i = 0; i < part.length; i++) add(part.charCodeAt(i));
    }
  }
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
