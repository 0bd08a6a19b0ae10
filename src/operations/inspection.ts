import type { DataWarning } from '../data/index.ts';

export interface Counts {
  pictures: number;
  identities: number;
  male: number;
  female: number;
  unknown_gender: number;
  unknown_identity: number;
  /** Images by condition, clean ones as `clean`; absent if all are clean. */
  conditions?: Record<string, number>;
}

export interface Files {
  formats: Record<string, number>;
  width: [number, number];
  height: [number, number];
}

export interface Inspection extends Counts {
  source: string;
  path?: string;
  /** What the source recognised. */
  notes: string[];
  per_identity: { min: number; median: number; max: number; single: number };
  image_size: number;
  files?: Files;
  /** Byte for byte copies, and groups of images that look alike with the first of them. */
  copies: number;
  alike: { groups: number; pictures: number; examples: string[][] };
  /** Men for each woman, or women for each man: the larger one; undefined if one gender is absent. */
  imbalance?: number;
  split: { by: string; seed: number } & Record<'train' | 'validation' | 'test', Counts>;
  hash: string;
  warnings: DataWarning[];
  /** The lines of a spec that read the data set. */
  yaml: string;
}
