/** A picture's labels and place, before any pixel of it is read. */
export interface PictureEntry {
  /** The picture's name in the data set, unique in it. */
  name: string;
  /** 0 male, 1 female, -1 unknown. */
  gender: -1 | 0 | 1;
  /** The person's name, undefined where unknown. */
  person: string | undefined;
  /** Pictures that share one of these (versions of one photograph, equal bytes) are kept on one side of a split. */
  groups: string[];
}

/** Something a user should know about, which does not stop the work. */
export interface DataWarning {
  code: string;
  message: string;
}

/** What a data source gives: labels at once, pixels when asked. */
export interface Collection {
  entries: PictureEntry[];
  /** Hash of everything in the data set: names, labels, bytes (hexadecimal). */
  hash: string;
  /** Hash of what decides the pixels at the given size, labels left out: the key of the cache (hexadecimal). */
  pixelKey: string;
  warnings: DataWarning[];
  /** Pictures worth decoding at once. */
  concurrency: number;
  /** Pixels of picture i, `[size, size, 3]`, 0..255. Throws FacecomError for a picture that cannot be decoded. */
  decode(i: number): Promise<Uint8Array> | Uint8Array;
  /** Path of the file of picture i, where there are files. */
  file?(i: number): string;
}

/** One side of the split. Arrays have one element a picture. */
export interface Subset {
  size: number;
  names: string[];
  /** 0 male, 1 female, -1 unknown. */
  gender: Int8Array;
  /** Position in `Dataset.identities`, -1 unknown. */
  identity: Int32Array;
  /** Pixels of picture i, `[S, S, 3]` RGB, 0..255: a view, not to be written to. */
  pixels(i: number): Uint8Array;
  /** Copies the pixels of picture i to `target` at `offset`. */
  copyPixels(i: number, target: Uint8Array, offset: number): void;
}

export interface Dataset {
  /** Names of the people, sorted; the class index of a person is the position here. */
  identities: string[];
  /** Side of the square pictures, pixels. */
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
