import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { writeAsideAsync } from '../../../src/base/files.ts';
import { loadDataset, surveyDataset, underCondition } from '../../../src/data/index.ts';
import { readEvents, runFoldersUnder } from '../../../src/record/index.ts';
import { type Experiment, readExperiment } from '../../../src/spec/index.ts';
import { describeMachine } from '../machine.ts';
import type { Recipe } from './recipes.ts';

const root = join(import.meta.dirname, '../../..');
const script = join(root, 'bench/peers/quality.py');
/** What of the peer decides an outcome. */
const scripts = [script, join(root, 'bench/peers/replaced.py')];

/** What a training of one side came to. */
export interface Outcome {
  /** From the command to its end. */
  seconds: number;
  /** Of the test pictures, by facecom's names without `test/`. */
  scores: Record<string, number>;
  /** The score after each epoch, with seconds since the command; only where there are validation pictures. */
  curve: Array<{ seconds: number; combined: number }>;
  /** What trained: the library and its variant. */
  by: string;
  machine: string;
}

export type Side = 'ours' | 'peer';

/** There is no more to be trained in this call. */
export class Enough extends Error {}

interface Options {
  /** Keeps what was measured, so that a bench of hours is run in pieces. */
  work: string;
  /** A data set in the FaceCom layout. */
  data: string;
  python: () => Promise<string>;
  /** Most trainings of this call. */
  limit: number;
  note(text: string): void;
}

/** Trains what was not trained yet, on either side, and keeps what came out of it in the work folder. */
export class Trials {
  private readonly options: Options;
  private done = 0;

  constructor(options: Options) {
    this.options = options;
  }

  /** The outcome of a recipe by one side with a seed. Throws Enough where it would have to be trained and the limit is reached. */
  async outcome(side: Side, recipe: Recipe, seed: number): Promise<Outcome> {
    const { work, data, limit, note } = this.options;
    const set = [...recipe.set, `data.path=${data}`, `seed=${seed}`];
    const { config } = await readExperiment(recipe.spec, { set });
    const request = side === 'peer' ? await requestOf(config, work) : undefined;
    const { path: _, ...pictures } = config.data;
    const decides = request
      ? [request, ...(await Promise.all(scripts.map((file) => readFile(file, 'utf8'))))]
      : { ...config, data: pictures };
    const key = createHash('sha256').update(JSON.stringify(decides)).digest('hex').slice(0, 12);
    const file = join(work, `${recipe.name}-${side}-${seed}-${key}.json`);
    if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8'));
    if (this.done >= limit) throw new Enough();
    this.done++;
    await mkdir(work, { recursive: true });
    const outcome = request ? await this.peer(request) : await this.ours(recipe.spec, set, config);
    await writeAsideAsync(file, JSON.stringify(outcome));
    note(
      `${recipe.name}, ${side}, seed ${seed}: ${JSON.stringify(outcome.scores.combined)} in ${outcome.seconds.toFixed(1)} s`,
    );
    return outcome;
  }

  private async ours(spec: string, set: readonly string[], { name, data }: Experiment): Promise<Outcome> {
    const runs = join(this.options.work, `runs-${process.pid}`);
    try {
      const started = Date.now();
      const { stdout } = await execa(process.execPath, [
        join(root, 'bin/facecom.mjs'),
        ...['run', spec, '--json', '--runs', runs],
        ...set.flatMap((one) => ['--set', one]),
      ]);
      const seconds = (Date.now() - started) / 1000;
      const { metrics } = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
        metrics: Record<string, number>;
      };
      const [folder] = runFoldersUnder(join(runs, name));
      const events = readEvents(folder!);
      const curve = events.flatMap((event) =>
        event.type === 'metric' && event.values['val/combined'] !== undefined
          ? [{ seconds: (event.time - started) / 1000, combined: event.values['val/combined'] }]
          : [],
      );
      const { backend, precision } = JSON.parse(
        await readFile(join(folder!, 'artifacts/metrics.json'), 'utf8'),
      );
      const scores = Object.fromEntries(
        Object.entries(metrics).flatMap(([name, value]) =>
          name.startsWith('test/') ? [[name.slice('test/'.length), value]] : [],
        ),
      );
      const by = `facecom ${backend} ${precision}, ${data.image_size} px`;
      return { seconds, scores, curve, by, machine: describeMachine() };
    } finally {
      await rm(runs, { recursive: true, force: true });
    }
  }

  private async peer(request: object): Promise<Outcome> {
    const file = join(this.options.work, `request-${process.pid}.json`);
    await writeFile(file, JSON.stringify(request));
    const python = await this.options.python();
    try {
      const started = performance.now();
      const { stdout } = await execa(python, [script, file, String(Date.now() / 1000)]);
      const seconds = (performance.now() - started) / 1000;
      const { scores, curve, torch, precision } = JSON.parse(stdout.trim().split('\n').at(-1)!);
      const by = `PyTorch ${torch} eager ${precision} channels_last, albumentations`;
      return { seconds, scores, curve, by, machine: describeMachine() };
    } finally {
      await rm(file, { force: true });
    }
  }
}

/** An experiment for the peer: images of each side, and the numbers of the recipe. `work` keeps the images under conditions. */
export async function requestOf(config: Experiment, work: string): Promise<object> {
  const { collection, identities, split } = await surveyDataset(config.data);
  const images = (positions: number[]) =>
    positions.map((i) => ({
      file: collection.file!(i),
      gender: collection.entries[i]!.gender,
      identity: identities.indexOf(collection.entries[i]!.person!),
    }));
  const { conditions } = config.evaluate;
  return {
    size: config.data.image_size,
    epochs: config.train.epochs,
    batch: config.train.batch_size,
    lr: config.optimizer.lr,
    weight_decay: config.optimizer.weight_decay,
    warmup: config.schedule.name === 'cosine' ? config.schedule.warmup : 0,
    alpha: config.loss.alpha,
    beta: config.loss.beta,
    seed: config.seed,
    train: images(split.train),
    validation: images(split.validation),
    test: images(split.test),
    conditions: conditions.length > 0 ? { names: conditions, file: await distorted(config, work) } : null,
  };
}

/** A file of the test images under each condition, bytes [condition, image, size, size, 3] RGB: the same for both sides. */
async function distorted(config: Experiment, work: string): Promise<string> {
  const { conditions, severities } = config.evaluate;
  const { image_size: size, split } = config.data;
  const file = join(work, `conditions-${size}-${conditions.join('-')}-${severities.join('-')}.bin`);
  if (existsSync(file)) return file;
  const { test } = await loadDataset(config.data, { seed: config.seed });
  const bytes = size * size * 3;
  const pixels = new Uint8Array(conditions.length * test.size * bytes);
  for (const [k, condition] of conditions.entries()) {
    const severity = severities[0]!;
    const subset = underCondition(test, { condition, severity, imageSize: size, seed: split.seed });
    for (let i = 0; i < test.size; i++) subset.copyPixels(i, pixels, (k * test.size + i) * bytes);
  }
  await mkdir(work, { recursive: true });
  await writeAsideAsync(file, pixels);
  return file;
}
