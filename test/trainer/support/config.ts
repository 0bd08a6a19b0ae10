import { type Experiment, resolveConfig } from '../../../src/spec/index.ts';

type Tree = { [key: string]: unknown };

const defaults: Tree = {
  name: 'test',
  data: { image_size: 16 },
  augment: { policy: 'none' },
  optimizer: { name: 'sgd', lr: 0.05, weight_decay: 0, momentum: 0.9 },
  schedule: { name: 'plateau', patience: 1 },
  // Tests compare what an ended run would remove.
  train: { epochs: 5, batch_size: 8, checkpoints: { keep_last: true } },
  evaluate: { batch_size: 5 },
  tracking: { mlflow: 'off', experiment: 'test' },
};

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One tree over another; a union that is told apart by its name is replaced where the name differs. */
function merged(below: Tree, above: Tree): Tree {
  const found: Tree = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = found[key];
    const joins = isTree(old) && isTree(value) && (value.name === undefined || value.name === old.name);
    found[key] = joins ? merged(old, value) : value;
  }
  return found;
}

/** A config of a few seconds, with its defaults. */
export const testConfig = (overrides: object = {}): Experiment =>
  resolveConfig(merged(defaults, overrides as Tree));
