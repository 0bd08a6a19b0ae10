import type { Experiment } from '../../../src/spec/experiment.generated.ts';

const defaults = {
  name: 'test',
  description: '',
  tags: {},
  seed: 42,
  data: {
    source: 'synthetic',
    image_size: 4,
    split: { train: 0.7, validation: 0.15, test: 0.15, by: 'image', seed: 42 },
    cache: true,
    shuffle_labels: false,
    synthetic: { identities: 24, images_per_identity: 30, seed: 1, conditions: 0.3 },
  },
  model: {
    backbone: 'resnet18',
    heads: { gender: { hidden: 512, dropout: 0.5 }, identity: { hidden: 1024, dropout: 0.5 } },
  },
  loss: { alpha: 0.5, beta: 0.5, label_smoothing: 0 },
  augment: {
    policy: 'none',
    strength: 1,
    schedule: [],
    max_effects: 3,
    mixup: { p: 0, alpha: 0.2 },
    cutmix: { p: 0, alpha: 1 },
  },
  optimizer: { name: 'sgd', lr: 0.05, weight_decay: 0, momentum: 0.9, nesterov: false },
  schedule: { name: 'plateau', factor: 0.5, patience: 1, min_lr: 0 },
  train: {
    epochs: 5,
    batch_size: 8,
    accumulation: 1,
    precision: 'auto',
    clip: 0,
    ema: 0,
    early_stopping: { enabled: true, monitor: 'val/combined', mode: 'max', patience: 10 },
  },
  evaluate: {
    score: { gender: 0.3, identity: 0.7 },
    batch_size: 5,
    conditions: [],
    severities: [3],
    matching: { when: 'auto', pairs: 'sampled', pairs_per_identity: 25, hard: 0, open_set: 0.5, seed: 0 },
    tta: 'none',
    intervals: 0,
  },
  resources: { device: 'auto', gpus: 1, cpus: 0, backend: 'auto', max_parallel: 0 },
  trainer: {},
  tracking: { mlflow: 'off', experiment: 'test' },
};
const merge = (a: any, b: any): any => {
  if (typeof a !== 'object' || typeof b !== 'object' || Array.isArray(b) || a === null) return b;
  const out = { ...a };
  for (const k of Object.keys(b))
    out[k] = k in a && !('name' in b && k !== 'name' && a.name !== b.name) ? merge(a[k], b[k]) : b[k];
  return out;
};
export const testConfig = ({ name = 'test', ...overrides }: { name?: string } = {}): Experiment => ({
  ...merge(structuredClone(defaults), overrides),
  name,
});
