import { hartmann, log10, sum, type Task, uniform, vector } from './search-tasks.ts';

// The functions that the sampler's own constants are chosen on, with seeds from 100 on: none of them, and none of these seeds, is measured.

/** A function of so many numbers between two ends. */
const inBox = (
  name: string,
  [count, low, high]: readonly [number, number, number],
  { least = 0, noise }: { least?: number; noise?: number },
  loss: (x: number[]) => number,
): Task => ({
  ...{ name, least, ...(noise === undefined ? {} : { noise }) },
  axes: uniform(count, low, high),
  losses: (at) => [loss(vector(at, count))],
});

function levy(x: readonly number[]): number {
  const w = x.map((v) => 1 + (v - 1) / 4);
  const last = w.at(-1)!;
  return (
    Math.sin(Math.PI * w[0]!) ** 2 +
    sum(w.slice(0, -1).map((v) => (v - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * v + 1) ** 2))) +
    (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2)
  );
}

const griewank = (x: readonly number[]) =>
  sum(x.map((v) => v * v)) / 4000 - x.reduce((a, v, i) => a * Math.cos(v / Math.sqrt(i + 1)), 1) + 1;

const michalewicz = (x: readonly number[]) =>
  -sum(x.map((v, i) => Math.sin(v) * Math.sin(((i + 1) * v * v) / Math.PI) ** 20));

const camel = ([x, y]: readonly number[]) =>
  (4 - 2.1 * x! ** 2 + x! ** 4 / 3) * x! ** 2 + x! * y! + (-4 + 4 * y! ** 2) * y! ** 2;

const goldsteinPrice = ([x, y]: readonly number[]) =>
  (1 + (x! + y! + 1) ** 2 * (19 - 14 * x! + 3 * x! ** 2 - 14 * y! + 6 * x! * y! + 3 * y! ** 2)) *
  (30 + (2 * x! - 3 * y!) ** 2 * (18 - 32 * x! + 12 * x! ** 2 + 48 * y! - 36 * x! * y! + 27 * y! ** 2));

const rastrigin = (x: readonly number[]) =>
  10 * x.length + sum(x.map((v) => v * v - 10 * Math.cos(2 * Math.PI * v)));

const hartmann3 = hartmann(
  [
    [3, 10, 30],
    [0.1, 10, 35],
    [3, 10, 30],
    [0.1, 10, 35],
  ],
  [
    [3689, 1170, 2673],
    [4699, 4387, 7470],
    [1091, 8732, 5547],
    [381, 5743, 8828],
  ],
);

const backbones = ['resnet18', 'resnet50', 'vgg19_bn', 'tiny'];
const schedules = ['constant', 'cosine', 'step', 'plateau'];
const optimizers = ['adam', 'sgd', 'adamw'];

export const tuningTasks: readonly Task[] = [
  inBox('Levy 4', [4, -10, 10], {}, levy),
  inBox('Griewank 3', [3, -50, 70], {}, griewank),
  inBox('Michalewicz 4', [4, 0, Math.PI], { least: -3.69885709846664 }, michalewicz),
  inBox('six-hump camel', [2, -2, 2], { least: -1.0316284534898774 }, camel),
  inBox('Goldstein and Price', [2, -2, 2], { least: 3 }, goldsteinPrice),
  inBox('Rastrigin 3', [3, -4, 5.12], {}, rastrigin),
  inBox('Hartmann 3', [3, 0, 1], { least: -3.86277978733 }, hartmann3),
  inBox('ellipsoid 6', [6, -3, 7], {}, (x) => sum(x.map((v, i) => (i + 1) * v * v))),
  inBox('noisy Levy 3', [3, -10, 10], { noise: 1 }, levy),
  {
    name: 'rate, decay, average and batch, interacting',
    axes: {
      'optimizer.lr': { values: { log_uniform: [1e-5, 1] } },
      'optimizer.weight_decay': { values: { log_uniform: [1e-7, 0.1] } },
      'train.ema': { values: { uniform: [0, 1] } },
      'train.batch_size': { values: { int: [1, 64] } },
    },
    least: 0,
    losses: (at) => {
      const batch = Math.log2(at('train.batch_size') / 16);
      const lr = log10(at('optimizer.lr')) + 2 - 0.5 * batch;
      const decay = log10(at('optimizer.weight_decay')) + 3 + lr;
      return [0.5 * lr ** 2 + 0.1 * decay ** 2 + (at('train.ema') - 0.3) ** 2 + 0.05 * Math.abs(batch)];
    },
  },
  {
    name: 'three branches',
    axes: {
      'model.backbone': { values: backbones.slice(0, 3) },
      'optimizer.lr': { values: { log_uniform: [1e-5, 1] } },
      'loss.alpha': { values: { uniform: [0, 1] }, when: { axis: 'model.backbone', is: 'resnet18' } },
      'loss.beta': { values: { uniform: [0, 1] }, when: { axis: 'model.backbone', is: 'resnet50' } },
      'train.ema': { values: { uniform: [0, 1] }, when: { axis: 'model.backbone', is: 'resnet50' } },
      'train.epochs': { values: { int: [1, 30] }, when: { axis: 'model.backbone', is: 'vgg19_bn' } },
    },
    least: 0,
    losses: (at, name) => {
      const lr = log10(at('optimizer.lr'));
      if (name('model.backbone') === 'resnet18')
        return [0.2 + 0.2 * (lr + 2) ** 2 + (at('loss.alpha') - 0.7) ** 2];
      if (name('model.backbone') === 'vgg19_bn')
        return [0.1 + 0.25 * (lr + 1.2) ** 2 + ((at('train.epochs') - 22) / 20) ** 2];
      return [0.3 * (lr + 3) ** 2 + 2 * (at('loss.beta') - 0.2) ** 2 + (at('train.ema') - 0.8) ** 2];
    },
  },
  {
    name: 'choices mostly',
    axes: {
      'model.backbone': { values: backbones },
      'schedule.name': { values: schedules },
      'optimizer.name': { values: optimizers },
      'train.batch_size': { values: [8, 16, 32, 64] },
      'loss.alpha': { values: { uniform: [0, 1] } },
    },
    least: 0,
    losses: (at, name) => {
      const backbone = backbones.indexOf(name('model.backbone'));
      const schedule = schedules.indexOf(name('schedule.name'));
      const optimizer = optimizers.indexOf(name('optimizer.name'));
      return [
        0.1 * ((backbone + 1) % 4) +
          0.04 * ((schedule + backbone) % 4) +
          0.12 * ((optimizer + 2) % 3) +
          0.05 * Math.abs(Math.log2(at('train.batch_size')) - 3 - optimizer) +
          (at('loss.alpha') - 0.2 - 0.2 * optimizer) ** 2,
      ];
    },
  },
  {
    name: 'noisy rate, decay and backbone',
    axes: {
      'optimizer.lr': { values: { log_uniform: [1e-5, 1] } },
      'optimizer.weight_decay': { values: { log_uniform: [1e-7, 0.1] } },
      'model.backbone': { values: backbones.slice(0, 3) },
    },
    noise: 0.1,
    least: 0,
    losses: (at, name) => [
      0.2 * (log10(at('optimizer.lr')) + 2.2) ** 2 +
        0.05 * (log10(at('optimizer.weight_decay')) + 4) ** 2 +
        0.15 * ((backbones.indexOf(name('model.backbone')) + 1) % 3),
    ],
  },
  {
    name: 'whole numbers along a ridge',
    axes: Object.fromEntries(
      ['train.batch_size', 'train.epochs', 'train.accumulation'].map((path) => [
        path,
        { values: { int: [0, 40] } },
      ]),
    ),
    least: 0,
    losses: (at) => {
      const [a, b, c] = [at('train.batch_size'), at('train.epochs'), at('train.accumulation')];
      return [
        Math.abs(a - b - 5) / 20 +
          ((b - 23) / 20) ** 2 +
          ((c - 3) / 40) ** 2 +
          0.1 * Math.abs(Math.sin(a + c - 31)),
      ];
    },
  },
  {
    name: 'a branch that is slow to learn',
    axes: {
      'schedule.name': { values: schedules.slice(0, 3) },
      'optimizer.lr': { values: { log_uniform: [1e-5, 1] } },
      'loss.alpha': { values: { uniform: [0, 1] }, when: { axis: 'schedule.name', is: 'cosine' } },
      'loss.beta': { values: { uniform: [0, 1] }, when: { axis: 'schedule.name', is: 'cosine' } },
      'train.ema': { values: { uniform: [0, 1] }, when: { axis: 'schedule.name', is: 'step' } },
    },
    least: 0,
    losses: (at, name) => {
      const lr = log10(at('optimizer.lr'));
      if (name('schedule.name') === 'constant') return [0.12 + 0.1 * (lr + 2) ** 2];
      if (name('schedule.name') === 'step')
        return [0.08 + 0.2 * (lr + 2.5) ** 2 + 2 * (at('train.ema') - 0.5) ** 2];
      return [0.3 * (lr + 1.5) ** 2 + 2 * (at('loss.alpha') - 0.75) ** 2 + 2 * (at('loss.beta') - 0.15) ** 2];
    },
  },
  {
    name: 'a branch of a branch',
    axes: {
      'optimizer.name': { values: optimizers },
      'schedule.name': { values: schedules.slice(0, 2), when: { axis: 'optimizer.name', is: 'adamw' } },
      'optimizer.lr': { values: { log_uniform: [1e-5, 1] } },
      'train.ema': { values: { uniform: [0, 1] } },
      'optimizer.momentum': { values: { uniform: [0, 1] }, when: { axis: 'optimizer.name', is: 'sgd' } },
      'loss.alpha': { values: { uniform: [0, 1] }, when: { axis: 'schedule.name', is: 'cosine' } },
    },
    least: 0,
    losses: (at, name) => {
      const lr = log10(at('optimizer.lr'));
      const average = (at('train.ema') - 0.6) ** 2;
      if (name('optimizer.name') === 'adam') return [0.25 + 0.2 * (lr + 3) ** 2 + average];
      if (name('optimizer.name') === 'sgd')
        return [0.15 + 0.25 * (lr + 1) ** 2 + average + (at('optimizer.momentum') - 0.9) ** 2];
      return name('schedule.name') === 'cosine'
        ? [0.25 * (lr + 2.5) ** 2 + average + 2 * (at('loss.alpha') - 0.35) ** 2]
        : [0.2 + 0.3 * (lr + 3) ** 2 + average];
    },
  },
];
