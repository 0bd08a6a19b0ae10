/** One axis of a task as a spec writes it, and the value of another axis at which it exists. */
export interface TaskAxis {
  values: readonly unknown[] | Record<string, readonly number[]>;
  when?: { axis: string; is: unknown };
}

/** A function that is searched for its least values. Its axes have paths of a spec, so that both sides search what a sweep can be. */
export interface Task {
  name: string;
  axes: Record<string, TaskAxis>;
  /** Standard deviation of what is added to the first loss that a search is told. */
  noise?: number;
  /** The least value, of one loss. */
  least?: number;
  /** What volumes are measured within, of several. */
  reference?: readonly number[];
  losses(at: (axis: string) => number, name: (axis: string) => string): number[];
}

const floats = [
  'loss.alpha',
  'loss.beta',
  'loss.label_smoothing',
  'train.ema',
  'train.clip',
  'optimizer.weight_decay',
  'optimizer.lr',
] as const;
export const uniform = (count: number, low: number, high: number): Task['axes'] =>
  Object.fromEntries(floats.slice(0, count).map((path) => [path, { values: { uniform: [low, high] } }]));
export const vector = (at: (axis: string) => number, count: number) => floats.slice(0, count).map(at);
export const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
export const log10 = Math.log10;

/** Hartmann's function of weighted places, by widths and ten-thousandths of where they lie. */
export const hartmann = (widths: readonly (readonly number[])[], places: readonly (readonly number[])[]) => {
  const weights = [1, 1.2, 3, 3.2];
  return (x: readonly number[]) =>
    -sum(
      weights.map(
        (weight, i) =>
          weight * Math.exp(-sum(x.map((v, j) => widths[i]![j]! * (v - places[i]![j]! / 1e4) ** 2))),
      ),
    );
};

const hartmann6 = hartmann(
  [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ],
  [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
  ],
);

function branin(x: number, y: number): number {
  return (
    (y - (5.1 * x * x) / (4 * Math.PI ** 2) + (5 * x) / Math.PI - 6) ** 2 +
    10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
    10
  );
}

const ackley = (x: readonly number[]) =>
  -20 * Math.exp(-0.2 * Math.sqrt(sum(x.map((v) => v * v)) / x.length)) -
  Math.exp(sum(x.map((v) => Math.cos(2 * Math.PI * v))) / x.length) +
  20 +
  Math.E;

const rosenbrock = (x: readonly number[]) =>
  sum(x.slice(1).map((v, i) => 100 * (v - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2));

const backbones = ['resnet18', 'resnet50', 'vgg16'];

/** Twelve functions of one loss: smooth and rugged, mixed, conditional and noisy. */
export const regretTasks: readonly Task[] = [
  {
    name: 'Branin',
    axes: { 'loss.alpha': { values: { uniform: [-5, 10] } }, 'loss.beta': { values: { uniform: [0, 15] } } },
    least: 0.397887357729739,
    losses: (at) => [branin(at('loss.alpha'), at('loss.beta'))],
  },
  {
    name: 'Hartmann 6',
    axes: uniform(6, 0, 1),
    least: -3.32236801141551,
    losses: (at) => [hartmann6(vector(at, 6))],
  },
  {
    name: 'Rosenbrock 4',
    axes: uniform(4, -2, 2),
    least: 0,
    losses: (at) => [rosenbrock(vector(at, 4))],
  },
  {
    name: 'Ackley 5',
    axes: uniform(5, -15, 30),
    least: 0,
    losses: (at) => [ackley(vector(at, 5))],
  },
  {
    name: 'logarithmic valley',
    axes: {
      'optimizer.lr': { values: { log_uniform: [1e-6, 1] } },
      'optimizer.weight_decay': { values: { log_uniform: [1e-8, 0.1] } },
      'loss.label_smoothing': { values: { uniform: [0, 0.5] } },
      'train.ema': { values: { uniform: [0, 1] } },
    },
    least: 0,
    losses: (at) => {
      const lr = log10(at('optimizer.lr')) + 3;
      const decay = log10(at('optimizer.weight_decay')) + 4 + 0.5 * lr;
      return [
        lr ** 2 +
          0.3 * decay ** 2 +
          4 * (at('loss.label_smoothing') - 0.1) ** 2 +
          (at('train.ema') - 0.9) ** 2,
      ];
    },
  },
  {
    name: 'mixed: numbers, whole numbers, a choice',
    axes: {
      'loss.alpha': { values: { uniform: [-5, 5] } },
      'loss.beta': { values: { uniform: [-5, 5] } },
      'train.epochs': { values: { int: [-5, 5] } },
      'train.accumulation': { values: { int: [-5, 5] } },
      'model.backbone': { values: backbones },
    },
    // The least value of (x⁴ − 16x² + 5x)/2 on reals and on whole numbers.
    least: 2 * -39.16616570377142 + 2 * -39,
    losses: (at, name) => [
      sum(
        ['loss.alpha', 'loss.beta', 'train.epochs', 'train.accumulation'].map((axis) => {
          const x = at(axis);
          return (x ** 4 - 16 * x ** 2 + 5 * x) / 2;
        }),
      ) +
        15 * backbones.indexOf(name('model.backbone')),
    ],
  },
  {
    name: 'choices that shift the rest',
    axes: {
      'model.backbone': { values: backbones },
      'schedule.name': { values: ['constant', 'cosine', 'step', 'plateau'] },
      'loss.alpha': { values: { uniform: [0, 1] } },
      'loss.beta': { values: { uniform: [0, 1] } },
      'train.ema': { values: { uniform: [0, 1] } },
    },
    least: 0,
    losses: (at, name) => {
      const b = backbones.indexOf(name('model.backbone'));
      const s = ['constant', 'cosine', 'step', 'plateau'].indexOf(name('schedule.name'));
      const goal = [0.2 + 0.3 * b, 0.1 + 0.25 * s, 0.5];
      return [
        sum(vector(at, 2).map((x, i) => (x - goal[i]!) ** 2)) +
          (at('train.ema') - goal[2]!) ** 2 +
          0.15 * ((b + 2) % 3) +
          0.1 * ((s + 3) % 4),
      ];
    },
  },
  {
    name: 'two branches',
    axes: {
      'optimizer.name': { values: ['adam', 'sgd'] },
      'loss.label_smoothing': { values: { uniform: [0, 0.5] } },
      'optimizer.lr': { values: { log_uniform: [1e-5, 1] }, when: { axis: 'optimizer.name', is: 'sgd' } },
      'optimizer.momentum': { values: { uniform: [0, 1] }, when: { axis: 'optimizer.name', is: 'sgd' } },
      'optimizer.weight_decay': {
        values: { log_uniform: [1e-6, 0.1] },
        when: { axis: 'optimizer.name', is: 'adam' },
      },
    },
    least: 0,
    losses: (at, name) => [
      4 * (at('loss.label_smoothing') - 0.1) ** 2 +
        (name('optimizer.name') === 'sgd'
          ? 0.3 * (log10(at('optimizer.lr')) + 1.5) ** 2 + 3 * (at('optimizer.momentum') - 0.9) ** 2
          : 0.2 + 0.1 * (log10(at('optimizer.weight_decay')) + 3) ** 2),
    ],
  },
  {
    name: 'branches within branches',
    axes: {
      'model.backbone': { values: backbones },
      'optimizer.name': { values: ['adam', 'sgd'], when: { axis: 'model.backbone', is: 'resnet50' } },
      'optimizer.lr': { values: { log_uniform: [1e-5, 1] } },
      'train.epochs': { values: { int: [1, 40] }, when: { axis: 'model.backbone', is: 'resnet18' } },
      'loss.alpha': { values: { uniform: [0, 1] }, when: { axis: 'model.backbone', is: 'resnet50' } },
      'optimizer.momentum': { values: { uniform: [0, 1] }, when: { axis: 'optimizer.name', is: 'sgd' } },
    },
    least: 0,
    losses: (at, name) => {
      const lr = log10(at('optimizer.lr'));
      if (name('model.backbone') === 'resnet18')
        return [0.4 + 0.2 * (lr + 2) ** 2 + ((at('train.epochs') - 30) / 40) ** 2];
      if (name('model.backbone') === 'vgg16') return [0.6 + 0.2 * (lr + 3) ** 2];
      const alpha = 2 * (at('loss.alpha') - 0.3) ** 2;
      return [
        name('optimizer.name') === 'adam'
          ? 0.15 + 0.3 * (lr + 3.5) ** 2 + alpha
          : 0.3 * (lr + 1) ** 2 + alpha + (at('optimizer.momentum') - 0.9) ** 2,
      ];
    },
  },
  {
    name: 'noisy Hartmann 6',
    axes: uniform(6, 0, 1),
    noise: 0.2,
    least: -3.32236801141551,
    losses: (at) => [hartmann6(vector(at, 6))],
  },
  {
    name: 'noisy learning curve, mixed',
    axes: {
      'optimizer.lr': { values: { log_uniform: [1e-5, 1] } },
      'train.batch_size': { values: [8, 16, 32, 64, 128] },
      'loss.label_smoothing': { values: { uniform: [0, 0.5] } },
      'model.backbone': { values: backbones },
    },
    noise: 0.05,
    least: 0,
    losses: (at, name) => [
      0.2 * (log10(at('optimizer.lr')) + 2.5 - 0.4 * Math.log2(at('train.batch_size') / 32)) ** 2 +
        0.02 * Math.abs(Math.log2(at('train.batch_size') / 32)) +
        2 * (at('loss.label_smoothing') - 0.1) ** 2 +
        0.1 * backbones.indexOf(name('model.backbone')),
    ],
  },
  {
    name: 'steps only',
    axes: Object.fromEntries(
      ['train.batch_size', 'train.epochs', 'train.accumulation', 'evaluate.batch_size'].map((path) => [
        path,
        { values: { int: [0, 15] } },
      ]),
    ),
    least: 0,
    losses: (at) => {
      const x = ['train.batch_size', 'train.epochs', 'train.accumulation', 'evaluate.batch_size'].map(at);
      return [
        sum(x.map((v, i) => ((v - [3, 11, 7, 14][i]!) / 15) ** 2)) +
          0.2 * Math.abs((x[0]! + x[1]! - 14) / 15),
      ];
    },
  },
];

const zdt =
  (g: (rest: readonly number[]) => number, h: (f: number, g: number) => number) => (x: readonly number[]) => {
    const scale = g(x.slice(1));
    return [x[0]!, scale * h(x[0]!, scale)];
  };
const zdtG = (rest: readonly number[]) => 1 + (9 * sum(rest)) / rest.length;
const dtlz2 = (x: readonly number[]) => {
  const g = 1 + sum(x.slice(2).map((v) => (v - 0.5) ** 2));
  const [a, b] = [(x[0]! * Math.PI) / 2, (x[1]! * Math.PI) / 2];
  return [g * Math.cos(a) * Math.cos(b), g * Math.cos(a) * Math.sin(b), g * Math.sin(a)];
};

/** Mixes of ZDT (Zitzler, Deb and Thiele, 2000) and DTLZ (Deb et al., 2002): some of their numbers are steps or choices. */
export const volumeTasks: readonly Task[] = [
  {
    name: 'ZDT1 in 5 numbers',
    axes: uniform(5, 0, 1),
    reference: [1.1, 11],
    losses: (at) => zdt(zdtG, (f, g) => 1 - Math.sqrt(f / g))(vector(at, 5)),
  },
  {
    name: 'ZDT2 with steps',
    axes: {
      ...uniform(3, 0, 1),
      'train.epochs': { values: { int: [0, 10] } },
      'train.accumulation': { values: { int: [0, 10] } },
    },
    reference: [1.1, 11],
    losses: (at) =>
      zdt(
        zdtG,
        (f, g) => 1 - (f / g) ** 2,
      )([...vector(at, 3), at('train.epochs') / 10, at('train.accumulation') / 10]),
  },
  {
    name: 'ZDT3 with a choice',
    axes: { ...uniform(4, 0, 1), 'model.backbone': { values: backbones } },
    reference: [1.1, 11],
    losses: (at, name) =>
      zdt(
        zdtG,
        (f, g) => 1 - Math.sqrt(f / g) - (f / g) * Math.sin(10 * Math.PI * f),
      )([...vector(at, 4), backbones.indexOf(name('model.backbone')) / 2]),
  },
  {
    name: 'DTLZ2, three losses',
    axes: uniform(6, 0, 1),
    reference: [2, 2, 2],
    losses: (at) => dtlz2(vector(at, 6)),
  },
  {
    name: 'DTLZ2 with steps and a choice',
    axes: {
      ...uniform(4, 0, 1),
      'train.epochs': { values: { int: [0, 8] } },
      'model.backbone': { values: backbones },
    },
    reference: [2, 2, 2],
    losses: (at, name) =>
      dtlz2([...vector(at, 4), at('train.epochs') / 8, backbones.indexOf(name('model.backbone')) / 2]),
  },
];
