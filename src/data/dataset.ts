import type { ErrorCode } from '../base/error-codes.ts';

/** An image's labels and place, before any pixel of it is read. */
export interface PictureEntry {
  /** The image's name in the data set, unique in it. */
  name: string;
  /** 0 male, 1 female, -1 unknown. */
  gender: -1 | 0 | 1;
  /** The identity's name, undefined if unknown. */
  person: string | undefined;
  /** Images that share one of these (versions of one photograph, equal bytes) are kept on one side of a split. */
  groups: string[];
  /** Condition that the image was taken or distorted under, by its name; absent for a clean one. */
  condition?: string;
  /** Side of the split that the source gives. */
  side?: 'train' | 'validation' | 'test';
}

/** Two images by their positions. */
export interface Pair {
  left: number;
  right: number;
  /** Whether both show the same identity. */
  same: boolean;
  /** Part of a list that is divided into parts, such as LFW's ten. */
  fold?: number;
}

/** Something a user should know about, which does not stop the work. */
export interface DataWarning {
  code: ErrorCode;
  message: string;
}

/** What a data source gives: labels at once, pixels when asked. */
export interface Collection {
  entries: PictureEntry[];
  /** Pairs for verification, if the source lists them. */
  pairs?: Pair[];
  /** What the source recognised, a line each. */
  notes?: string[];
  /** Nobody may be on two sides that the source gives. */
  peopleApart?: boolean;
  /** Images that could not be read and were left out. */
  skipped?: number;
  /** Hash of everything in the data set: names, labels, bytes (hexadecimal). */
  hash: string;
  /** Hash of what decides the pixels at the given size, labels left out: the key of the cache (hexadecimal). */
  pixelKey: string;
  warnings: DataWarning[];
  /** Images worth decoding at once. */
  concurrency: number;
  /** Pixels of image i, `[size, size, 3]`, 0..255. Throws FacecomError for an image that cannot be decoded. */
  decode(i: number): Promise<Uint8Array> | Uint8Array;
  /** Path of the file of image i, if there are files. */
  file?(i: number): string;
  /** For each image the number of the group of those that look alike, if there are files. Decodes all that were not yet. */
  looks?(): Promise<(number | undefined)[]>;
  /** Format and size of the file of image i, if there are files. */
  size?(i: number): { format: string; width: number; height: number };
}

/** One side of the split. Arrays have one element an image. */
export interface Subset {
  size: number;
  names: string[];
  /** 0 male, 1 female, -1 unknown. */
  gender: Int8Array;
  /** Position in `Dataset.identities`, -1 unknown. */
  identity: Int32Array;
  /** Position in `Dataset.people`, −1 unknown: who an image shows, whether or not training knows them. */
  people?: Int32Array;
  /** Condition of each image, undefined for a clean one. */
  conditions?: (string | undefined)[];
  /** Pairs for verification of which both images are of this subset, by their positions in it. */
  pairs?: Pair[];
  /** Pixels of image i, `[S, S, 3]` RGB, 0..255: a view, not to be written to. */
  pixels(i: number): Uint8Array;
  /** Copies the pixels of image i to `target` at `offset`. */
  copyPixels(i: number, target: Uint8Array, offset: number): void;
}

export interface Dataset {
  /** Names of the identities that training knows, sorted; the class index of an identity is the position here. */
  identities: string[];
  /** Names of all identities of the data set, sorted. */
  people?: string[];
  /** What the source recognised, a line each. */
  notes?: string[];
  /** Side of the square images, pixels. */
  imageSize: number;
  /** Hash of names, labels and bytes of the whole data set (hexadecimal). */
  hash: string;
  train: Subset;
  validation: Subset;
  test: Subset;
  warnings: DataWarning[];
}

export interface LoadOptions {
  /** Seed of the run (labels are shuffled by it); the split has its own, `data.split.seed`. */
  seed: number;
  onProgress?: (progress: { done: number; total: number; unit: 'images' }) => void;
  signal?: AbortSignal;
}
