import { formatPath, type Path, parsePath } from './tree.ts';

/** What a word of another tool is called here. */
interface Meaning {
  /** The key that is meant, if it is one of the same map. */
  key?: string;
  remedy: string;
}

/** Words of W&B, Hydra, Determined, Optuna, Keras, PyTorch and scripts for one thing. */
interface Entry {
  words: readonly string[];
  /** Words that mean it in the section of `path` alone. */
  here?: readonly string[];
  /** The key that is meant. */
  path?: string;
  /** What it is, to begin a sentence with. */
  what?: string;
  /** What to do, if naming the key does not say it. */
  remedy?: string;
}

export const foreignWords: readonly Entry[] = [
  { words: ['learning_rate'], path: 'optimizer.lr', what: 'The learning rate' },
  { words: [], here: ['type'], path: 'optimizer.name' },
  { words: [], here: ['wd', 'l2'], path: 'optimizer.weight_decay' },
  { words: [], here: ['type'], path: 'schedule.name' },
  { words: ['num_epochs', 'max_epochs', 'n_epochs'], path: 'train.epochs', what: 'The number of epochs' },
  { words: ['batch', 'batchsize'], path: 'train.batch_size', what: 'The batch size' },
  { words: [], here: ['grad_clip'], path: 'train.clip' },
  { words: ['data_dir', 'root'], here: ['dir'], path: 'data.path', what: 'The folder of the data set' },
  {
    words: ['img_size', 'input_size'],
    here: ['size'],
    path: 'data.image_size',
    what: 'The side of the images',
  },
  { words: [], here: ['name', 'arch', 'architecture'], path: 'model.backbone' },
  { words: ['pretrained'], remedy: 'Weights are read from a file or a run: `model.weights`.' },
  { words: ['amp', 'fp16'], path: 'train.precision', what: 'The arithmetic' },
  {
    words: ['scheduler', 'lr_scheduler'],
    remedy: 'The learning rate schedule is `schedule: {name: cosine}`.',
  },
  {
    words: ['patience'],
    remedy: 'Patience is a key of `train.early_stopping`, and of the schedule `plateau`.',
  },
  {
    words: ['transforms', 'augmentations'],
    remedy: 'Augmentation is `augment.policy`: a named policy or a list of effects.',
  },
  { words: ['gpus', 'num_gpus'], remedy: 'Devices are `resources.device` and `resources.gpus`.' },
  { words: ['program'], remedy: 'A program of your own is `trainer: {command: [python3, train.py]}`.' },
  { words: ['project'], path: 'tracking.experiment', what: 'The experiment in MLflow' },
  { words: ['logger', 'loggers'], remedy: 'Runs are logged to MLflow: `tracking`.' },
  { words: ['defaults'], remedy: 'Other files are named by `extends: base.yaml`, or a list of them.' },
  {
    words: ['parameters', 'search_space'],
    here: ['space'],
    path: 'sweep.axes',
    remedy: 'Values to try are `sweep.axes`: a list, a range or a distribution for each dotted key.',
  },
  {
    words: ['hyperparameters'],
    remedy: 'Give each key its value in its section; values to try are `sweep.axes`.',
  },
  { words: ['n_trials', 'num_samples'], path: 'sweep.trials', what: 'The number of trials' },
  {
    words: ['metric', 'goal'],
    remedy: 'What a sweep compares is `sweep.objective: {metric: val/combined, mode: max}`.',
  },
  {
    words: ['searcher'],
    remedy: 'How a sweep chooses its trials is `sweep.method`; what it compares is `sweep.objective`.',
  },
  { words: [], here: ['strategy', 'sampler'], path: 'sweep.method' },
  { words: [], here: ['seeds'], path: 'sweep.repeats' },
  { words: ['values'], remedy: 'Write the list itself: `optimizer.lr: [0.001, 0.0003]`.' },
  { words: ['value'], remedy: 'Write the value itself, without `value`.' },
  {
    words: ['min', 'max'],
    remedy:
      'A range is `{uniform: [low, high]}`, `{log_uniform: [low, high]}` or `{range: [low, high, step]}`.',
  },
  {
    words: ['distribution'],
    remedy: 'The distribution is the key: `{log_uniform: [0.0001, 0.1]}`, `{choice: [a, b]}`.',
  },
];

/** The word of this language for a key of another tool, or undefined. */
export function foreignWord(parent: Path, key: string): Meaning | undefined {
  const word = key.toLowerCase().replace(/-/g, '_');
  const section = formatPath(parent);
  for (const { words, here = [], path, what, remedy } of foreignWords) {
    const steps = (path && parsePath(path)) || [];
    const own = steps.length > 0 && formatPath(steps.slice(0, -1)) === section;
    if (!words.includes(word) && !(own && here.includes(word))) continue;
    const name = String(steps.at(-1));
    if (own) return { key: name, remedy: `It is called ${name}.` };
    return { remedy: remedy ?? `${what} is \`${path}\`.` };
  }
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
