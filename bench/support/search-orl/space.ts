import { recipes } from '../quality/recipes.ts';

/** What is searched, as both sides search it: `alpha` weighs gender, 1 − alpha identity. */
export const space = {
  alpha: [0.05, 0.95],
  lr: [1e-4, 1e-2],
  augmentations: ['none', 'light', 'replaced-program'],
  backbones: ['tiny', 'resnet18'],
} as const;

/** The grid over the same space: as many values of each as someone would write down. */
export const grid = {
  alpha: [0.3, 0.5, 0.7],
  lr: [1e-4, 1e-3, 1e-2],
} as const;

export const TRIALS =
  grid.alpha.length * grid.lr.length * space.augmentations.length * space.backbones.length;
export const EPOCHS = 6;
export const MIN_EPOCHS = 2;
export const REDUCTION = 3;
export const SLOTS = 2;

export const { spec } = recipes.replaced;

/** Scored after each epoch on half of the photographs, which the other half is trained on. */
export const settings = [
  'name=search-orl',
  'data.image_size=48',
  'data.split={train: 0.5, validation: 0.5, test: 0}',
  'evaluate.intervals=0',
  'schedule={name: cosine, warmup: 1}',
  `train.epochs=${EPOCHS}`,
  'train.early_stopping.enabled=false',
  'tracking.mlflow=off',
] as const;

const shared = {
  'augment.policy': space.augmentations,
  'model.backbone': space.backbones,
};

export const gridSweep = {
  method: 'grid',
  axes: {
    ...shared,
    'loss.alpha': grid.alpha,
    'loss.beta': grid.alpha.map((alpha) => Math.round((1 - alpha) * 10) / 10),
    'optimizer.lr': grid.lr,
  },
  zip: [['loss.alpha', 'loss.beta']],
};

export const searchSweep = (seed: number) => ({
  ...{ method: 'tpe', seed, trials: TRIALS },
  axes: { ...shared, 'optimizer.lr': { log_uniform: space.lr } },
  simplex: { paths: ['loss.alpha', 'loss.beta'] },
  require: [`loss.alpha >= ${space.alpha[0]} and loss.alpha <= ${space.alpha[1]}`],
  stopping: { rule: 'asha', min_epochs: MIN_EPOCHS, reduction: REDUCTION },
});
