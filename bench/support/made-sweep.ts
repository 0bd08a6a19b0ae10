import { join } from 'node:path';
import { Random } from '../../src/base/random.ts';
import { appendState, createRunFolder, openEvents, writeManifest } from '../../src/record/index.ts';

const EPOCHS = 40;
const backbones = ['resnet18', 'resnet34', 'resnet50', 'vgg16'];

/** The record of a search over six axes, as a sweep of that many trials leaves it; every tenth trial failed. Returns its folder. */
export function makeSweep(runs: string, count: number, seed: number): string {
  const name = 'search';
  const trials = Array.from({ length: count }, (_, point) => {
    const random = new Random(seed, 'trial', point);
    const axes = {
      'optimizer.lr': 10 ** random.uniform(-5, -1),
      'optimizer.weight_decay': 10 ** random.uniform(-6, -2),
      'loss.alpha': random.uniform(),
      'model.heads.identity.dropout': random.uniform(0, 0.7),
      'model.backbone': random.pick(backbones),
      'train.batch_size': 8 * random.integer(1, 8),
    };
    const id = `${(0xa00000000000 + point * 7919).toString(16)}`;
    makeRun({ runs, name, trial: id, axes, failed: point % 10 === 9, random });
    return { id, axes, seed: 1, point, repeat: 0 };
  });
  const dir = join(runs, name);
  writeManifest(dir, {
    ...{ version: 1, sweep: name, spec: join(runs, 'search.yaml'), set: [], cwd: runs, time: Date.now() },
    objective: { metric: 'val/combined', mode: 'max' },
    repeats: 1,
    trials,
  });
  return dir;
}

interface Made {
  runs: string;
  name: string;
  trial: string;
  axes: Record<string, number | string>;
  failed: boolean;
  random: Random;
}

function makeRun({ runs, name, trial, axes, failed, random }: Made): void {
  const dir = createRunFolder(
    { runs, name, trial },
    { config: { name, seed: 1 }, spec: '', origins: {}, environment: {} },
  );
  appendState(dir, { state: 'queued' });
  appendState(dir, { state: 'started', attempt: 1, devices: ['gpu:0'] });
  const events = openEvents(dir);
  const good = Math.exp(-((Math.log10(axes['optimizer.lr'] as number) + 3) ** 2) / 3);
  const alpha = axes['loss.alpha'] as number;
  let values: Record<string, number> = {};
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const done = 1 - Math.exp(-epoch / 12);
    const gender = Math.min(1, 0.5 + 0.45 * done * good * (0.7 + 0.3 * alpha) + random.normal(0, 0.01));
    const identity = Math.min(1, Math.max(0, 0.9 * done * good * (1 - 0.4 * alpha) + random.normal(0, 0.01)));
    values = {
      'val/gender_accuracy': gender,
      'val/identity_top1': identity,
      'val/combined': 0.3 * gender + 0.7 * identity,
    };
    const train = { 'train/loss': 3 - 2.5 * done * good, 'train/lr': axes['optimizer.lr'] as number };
    events.metric({ step: epoch * 100, epoch, values: { ...train, ...values } });
  }
  if (failed) {
    const failure = {
      class: random.chance(0.5) ? ('oom' as const) : ('nan' as const),
      code: 'oom',
      message: 'The GPU is full.',
    };
    events.failed(failure);
    appendState(dir, { state: 'failed', ...failure });
  } else {
    const test = Object.entries(values).map(([key, value]) => [key.replace('val/', 'test/'), value - 0.01]);
    events.finished({ metrics: { ...values, ...Object.fromEntries(test) } });
    appendState(dir, { state: 'finished', seconds: 600 + random.uniform(0, 600) });
  }
  events.close();
}
