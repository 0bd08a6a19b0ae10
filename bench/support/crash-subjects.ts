import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents } from '../../src/record/index.ts';
import { timingNames } from '../../src/spec/index.ts';
import { externalTrainer } from './external-spec.ts';

/** A sweep whose trainers are killed. */
export interface Subject {
  /** `--only` chooses by it; also the sweep's name. */
  name: string;
  trials: number;
  /** How many kills it gets of those that are asked for. */
  share: number;
  spec: object;
  env: Record<string, string>;
}

const resources = {
  max_parallel: 2,
  retry_delay: 0.05,
  grace: 5,
  retry: { killed: 100 },
  circuit_breaker: 0,
};

export const subjects: readonly Subject[] = [
  {
    name: 'external',
    trials: 20,
    share: 0.9,
    spec: {
      // What it starts leaves its session, as servers for logs or data do.
      trainer: {
        command: [
          'sh',
          '-c',
          'setsid sleep 600 </dev/null >/dev/null 2>&1 & exec python3 "$0"',
          externalTrainer(),
        ],
      },
      train: { epochs: 3 },
      resources,
      sweep: { repeats: 2, axes: { 'optimizer.lr': [0.01, 0.03, 0.1, 0.3, 1], 'train.batch_size': [8, 16] } },
    },
    env: { SLOWLY: '0.03' },
  },
  {
    name: 'builtin',
    trials: 4,
    share: 0.1,
    spec: {
      data: { image_size: 32, synthetic: { identities: 4, images_per_identity: 8, conditions: 0 } },
      augment: { policy: 'none' },
      model: { heads: { gender: { hidden: 16, dropout: 0 }, identity: { hidden: 32, dropout: 0 } } },
      train: { epochs: 6, batch_size: 8, precision: 'float32' },
      resources: { ...resources, cpus: 1 },
      sweep: { axes: { 'optimizer.lr': [0.001, 0.002, 0.003, 0.004] } },
    },
    env: {},
  },
];

/** Writes the subject's spec. Returns its file. */
export function writeSubject(folder: string, { name, spec }: Subject): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, JSON.stringify({ name, ...spec, tracking: { mlflow: 'off' } }));
  return file;
}

/** What a finished run came to, without what a clock decides. */
export interface Result {
  metrics: Record<string, number>;
  /** Values by epoch. */
  curve: Record<number, object>;
  /** SHA-256 of its last weights, if it has any. */
  weights?: string;
}

const isTiming = (name: string): boolean =>
  (timingNames as readonly string[]).includes(name) || /(?:per_second|seconds|time)$/.test(name);

const untimed = (values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !isTiming(name)));

export function resultOf(dir: string, metrics: Record<string, number>): Result {
  const curve: Record<number, object> = {};
  for (const event of readEvents(dir))
    if (event.type === 'metric') curve[event.epoch] = untimed(event.values);
  const weights = join(dir, 'checkpoints', 'best.safetensors');
  return {
    metrics: untimed(metrics),
    curve,
    ...(existsSync(weights)
      ? { weights: createHash('sha256').update(readFileSync(weights)).digest('hex') }
      : {}),
  };
}
