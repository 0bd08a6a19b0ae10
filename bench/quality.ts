import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { surveyDataset } from '../src/data/index.ts';
import { readExperiment } from '../src/spec/index.ts';
import type { BenchContext } from './support/context.ts';
import { TORCH } from './support/torch.ts';

// What a run reaches and how long it takes from its start to its score: facecom run, and the same recipe in PyTorch with
// albumentations, on the same photographs, split and epochs, one seed a round. FACECOM_BENCH_DATA names a folder in the FaceCom
// layout.

const ALBUMENTATIONS = ['albumentations==2.0.8', 'opencv-python-headless==5.0.0.93'];
const root = join(import.meta.dirname, '..');

interface Answer {
  seconds: number;
  combined: number;
  against?: string;
}

export async function run(context: BenchContext): Promise<void> {
  const data = process.env.FACECOM_BENCH_DATA ?? join(root, '../shared/data/orl');
  if (!existsSync(join(data, 'annotations.json')))
    throw new Error(`There are no photographs in ${data}: name a folder with FACECOM_BENCH_DATA.`);
  const python = await context.pythonEnvironment('bench-quality', [...TORCH, ...ALBUMENTATIONS]);
  const folder = await context.folder();
  const spec = join(root, 'experiments/facecom.yaml');
  const flags = [
    `data.path=${data}`,
    'data.split={train: 0.5, validation: 0, test: 0.5}',
    'augment.policy=replaced-program',
    'train.epochs=30',
    'tracking.mlflow=off',
  ];
  const answers: Record<'ours' | 'peer', Answer[]> = { ours: [], peer: [] };
  const sides = {
    ours: async () => {
      const seed = answers.ours.length + 1;
      const started = performance.now();
      const { stdout } = await execa(process.execPath, [
        join(root, 'bin/facecom.mjs'),
        ...['run', spec, '--json', '--runs', join(folder, 'runs')],
        ...[...flags, `seed=${seed}`].flatMap((flag) => ['--set', flag]),
      ]);
      const { metrics } = JSON.parse(stdout.trim().split('\n').at(-1)!);
      answers.ours.push({ seconds: since(started), combined: metrics['test/combined'] });
      return answers.ours.at(-1)!.seconds;
    },
    peer: async () => {
      const seed = answers.peer.length + 1;
      const request = join(folder, 'request.json');
      await writeFile(request, JSON.stringify(await requestOf(spec, [...flags, `seed=${seed}`])));
      const started = performance.now();
      const { stdout } = await execa(python, [join(import.meta.dirname, 'peers/quality.py'), request]);
      const { combined, torch, precision } = JSON.parse(stdout.trim().split('\n').at(-1)!);
      answers.peer.push({
        seconds: since(started),
        combined,
        against: `PyTorch ${torch} eager ${precision} channels_last, albumentations`,
      });
      return answers.peer.at(-1)!.seconds;
    },
  };
  const { ours, peer } = await context.alternate(context.rounds(3), sides);
  const against = answers.peer[0]!.against!;
  const combined = (side: 'ours' | 'peer') => answers[side].map((answer) => answer.combined);
  const rounds = ours.values.length;
  context.report({
    case: 'seconds from the command to the test score',
    ...{ ours: ours.median, peer: peer.median, unit: 's', better: 'lower', against, rounds },
  });
  context.report({
    case: 'test/combined, mean of the seeds',
    ours: mean(combined('ours')),
    peer: mean(combined('peer')),
    ...{ unit: 'score', better: 'higher', against, rounds },
    details: { ours: combined('ours'), peer: combined('peer') },
  });
}

/** The same experiment for the peer: images of each side, and the numbers of the recipe. */
async function requestOf(spec: string, set: string[]) {
  const { config } = await readExperiment(spec, { set });
  const { collection, identities, split } = await surveyDataset(config.data);
  const pictures = (positions: number[]) =>
    positions.map((i) => ({
      file: collection.file!(i),
      gender: collection.entries[i]!.gender,
      identity: identities.indexOf(collection.entries[i]!.person!),
    }));
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
    train: pictures(split.train),
    test: pictures(split.test),
  };
}

const since = (started: number) => (performance.now() - started) / 1000;
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
