export const sides = ['train', 'validation', 'test'] as const;
export type Side = (typeof sides)[number];

/** Positions of the images of each side, rising. */
export type Split = Record<Side, number[]>;

const names: Record<string, Side> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
};

/** The side of a split that a folder's name or a label means, in any letter case. */
export const sideOf = (name: string): Side | undefined => names[name.trim().toLowerCase()];
