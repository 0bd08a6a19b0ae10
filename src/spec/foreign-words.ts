import { formatPath, type Path } from './tree.ts';

/** What a word of another tool is called here. */
interface Meaning {
  /** The key that is meant, where it is one of the same map. */
  key?: string;
  remedy: string;
}

/** Words of W&B, Hydra, Determined, Optuna, Keras, PyTorch and scripts, by the map that they are written in; `*` for any. */
const words: Record<string, Record<string, Meaning>> = {
  '*': {
    parameters: {
      remedy: 'Values to try are `sweep.axes`: a list, a range or a distribution for each dotted key.',
    },
    hyperparameters: { remedy: 'Give each key its value in its section; values to try are `sweep.axes`.' },
    search_space: { remedy: 'Values to try are `sweep.axes`.' },
    values: { remedy: 'Write the list itself: `optimizer.lr: [0.001, 0.0003]`.' },
    value: { remedy: 'Write the value itself, without `value`.' },
    min: {
      remedy:
        'A range is `{uniform: [low, high]}`, `{log_uniform: [low, high]}` or `{range: [low, high, step]}`.',
    },
    max: {
      remedy:
        'A range is `{uniform: [low, high]}`, `{log_uniform: [low, high]}` or `{range: [low, high, step]}`.',
    },
    distribution: {
      remedy: 'The distribution is the key: `{log_uniform: [0.0001, 0.1]}`, `{choice: [a, b]}`.',
    },
    defaults: { remedy: 'Other files are named by `extends: base.yaml`, or a list of them.' },
    searcher: {
      remedy: 'How a sweep chooses its trials is `sweep.method`; what it compares is `sweep.objective`.',
    },
    n_trials: { remedy: 'The number of trials is `sweep.trials`.' },
    num_samples: { remedy: 'The number of trials is `sweep.trials`.' },
    goal: { remedy: 'What a sweep compares is `sweep.objective: {metric: val/combined, mode: max}`.' },
    metric: { remedy: 'What a sweep compares is `sweep.objective: {metric: val/combined, mode: max}`.' },
    program: { remedy: 'A program of your own is `trainer: {command: [python3, train.py]}`.' },
    project: { remedy: 'The experiment in MLflow is `tracking.experiment`.' },
    learning_rate: { remedy: 'The learning rate is `optimizer.lr`.' },
    batch: { remedy: 'The batch size is `train.batch_size`.' },
    batchsize: { remedy: 'The batch size is `train.batch_size`.' },
    num_epochs: { remedy: 'The number of epochs is `train.epochs`.' },
    max_epochs: { remedy: 'The number of epochs is `train.epochs`.' },
    n_epochs: { remedy: 'The number of epochs is `train.epochs`.' },
    data_dir: { remedy: 'The folder of the data set is `data.path`.' },
    root: { remedy: 'The folder of the data set is `data.path`.' },
    img_size: { remedy: 'The side of the images is `data.image_size`.' },
    input_size: { remedy: 'The side of the images is `data.image_size`.' },
    patience: { remedy: 'Patience is a key of `train.early_stopping`, and of the schedule `plateau`.' },
    pretrained: { remedy: 'Weights are read from a file or a run: `model.weights`.' },
    scheduler: { remedy: 'The learning rate schedule is `schedule: {name: cosine}`.' },
    lr_scheduler: { remedy: 'The learning rate schedule is `schedule: {name: cosine}`.' },
    transforms: { remedy: 'Augmentation is `augment.policy`: a named policy or a list of effects.' },
    augmentations: { remedy: 'Augmentation is `augment.policy`: a named policy or a list of effects.' },
    loggers: { remedy: 'Runs are logged to MLflow: `tracking`.' },
    logger: { remedy: 'Runs are logged to MLflow: `tracking`.' },
    gpus: { remedy: 'Devices are `resources.device` and `resources.gpus`.' },
    num_gpus: { remedy: 'Devices are `resources.device` and `resources.gpus`.' },
    amp: { remedy: 'The arithmetic is `train.precision`.' },
    fp16: { remedy: 'The arithmetic is `train.precision`.' },
  },
  optimizer: {
    learning_rate: { key: 'lr', remedy: 'It is called lr.' },
    type: { key: 'name', remedy: 'It is called name.' },
    wd: { key: 'weight_decay', remedy: 'It is called weight_decay.' },
    l2: { key: 'weight_decay', remedy: 'It is called weight_decay.' },
  },
  schedule: { type: { key: 'name', remedy: 'It is called name.' } },
  train: {
    num_epochs: { key: 'epochs', remedy: 'It is called epochs.' },
    max_epochs: { key: 'epochs', remedy: 'It is called epochs.' },
    batch: { key: 'batch_size', remedy: 'It is called batch_size.' },
    batchsize: { key: 'batch_size', remedy: 'It is called batch_size.' },
    grad_clip: { key: 'clip', remedy: 'It is called clip.' },
  },
  data: {
    data_dir: { key: 'path', remedy: 'It is called path.' },
    dir: { key: 'path', remedy: 'It is called path.' },
    root: { key: 'path', remedy: 'It is called path.' },
    img_size: { key: 'image_size', remedy: 'It is called image_size.' },
    input_size: { key: 'image_size', remedy: 'It is called image_size.' },
    size: { key: 'image_size', remedy: 'It is called image_size.' },
  },
  model: {
    name: { key: 'backbone', remedy: 'It is called backbone.' },
    arch: { key: 'backbone', remedy: 'It is called backbone.' },
    architecture: { key: 'backbone', remedy: 'It is called backbone.' },
  },
  sweep: {
    parameters: { key: 'axes', remedy: 'They are called axes; each is a list, a range or a distribution.' },
    space: { key: 'axes', remedy: 'They are called axes; each is a list, a range or a distribution.' },
    strategy: { key: 'method', remedy: 'It is called method.' },
    sampler: { key: 'method', remedy: 'It is called method.' },
    n_trials: { key: 'trials', remedy: 'It is called trials.' },
    num_samples: { key: 'trials', remedy: 'It is called trials.' },
    metric: { remedy: 'It is `objective: {metric: val/combined, mode: max}`.' },
    goal: { remedy: 'It is `objective: {metric: val/combined, mode: max}`.' },
    seeds: { key: 'repeats', remedy: 'Runs with other seeds are `repeats`.' },
  },
};

/** The word of this language for a key of another tool, or undefined. */
export function foreignWord(parent: Path, key: string): Meaning | undefined {
  const word = key.toLowerCase().replace(/-/g, '_');
  for (const table of [words[formatPath(parent)], words['*']])
    if (table && Object.hasOwn(table, word)) return table[word];
  return undefined;
}

/** Values of other tools, by what they are called here. */
const values: Record<string, readonly string[]> = {
  blur: ['gaussian_blur', 'motion_blur'],
  flip: ['horizontal_flip'],
  hflip: ['horizontal_flip'],
  gauss_noise: ['noise'],
  gaussian_noise: ['noise'],
  color_jitter: ['brightness_contrast'],
  sun_flare: ['glare'],
  bayes: ['tpe'],
  bayesian: ['tpe'],
  reduce_on_plateau: ['plateau'],
  reducelronplateau: ['plateau'],
  cosine_annealing: ['cosine'],
  maximize: ['max'],
  minimize: ['min'],
  cuda: ['auto', 'gpu:0'],
  gpu: ['gpu:0'],
  fp32: ['float32'],
  bf16: ['bfloat16'],
};

/** Which of the words that are allowed a word of another tool means; empty if none. */
export function foreignValue(value: unknown, allowed: readonly string[]): readonly string[] {
  const word = String(value).toLowerCase().replace(/-/g, '_');
  return Object.hasOwn(values, word) ? values[word]!.filter((text) => allowed.includes(text)) : [];
}
