import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { usableCores } from '../src/machine/index.ts';
import { readExperiment } from '../src/spec/index.ts';
import type { BenchContext } from './support/context.ts';
import { recipes } from './support/quality/recipes.ts';
import { requestOf } from './support/quality/trials.ts';
import { TORCH } from './support/torch.ts';

// Wall-clock of a sweep on photographs: the replaced program's recipe on ResNet-18, 10 epochs, three weightings of its losses × seeds
// (`--rounds`, 3 where left out), by `facecom sweep` and as jobs of Hydra's joblib launcher, each with one slot and with two.

const HYDRA = ['hydra-core==1.3.2', 'hydra-joblib-launcher==1.2.0'];
const ALBUMENTATIONS = ['albumentations==2.0.8', 'opencv-python-headless==5.0.0.93'];
const root = join(import.meta.dirname, '..');
const EPOCHS = 10;
const WEIGHTS = [
  [0.3, 0.7],
  [0.5, 0.5],
  [0.7, 0.3],
] as const;
const set = [
  'augment.policy=replaced-program',
  'data.split={train: 0.5, validation: 0, test: 0.5}',
  'evaluate.conditions=[]',
  'evaluate.intervals=0',
  'data.image_size=112',
  `train.epochs=${EPOCHS}`,
  'tracking.mlflow=off',
];

interface Answer {
  seconds: number;
  combined: number;
}

export async function run(context: BenchContext): Promise<void> {
  const data = resolve(process.env.FACECOM_BENCH_DATA ?? join(root, '../shared/data/orl'));
  if (!existsSync(join(data, 'annotations.json')))
    throw new Error(`There are no photographs in ${data}: name a folder with FACECOM_BENCH_DATA.`);
  const python = await context.pythonEnvironment('bench-sweep', [...TORCH, ...ALBUMENTATIONS, ...HYDRA]);
  const seeds = Array.from({ length: context.rounds(3) }, (_, seed) => seed);
  const trials = WEIGHTS.length * seeds.length;
  for (const slots of [1, 2]) {
    const name = `${trials} trials of ${EPOCHS} epochs, ${slots} ${slots === 1 ? 'slot' : 'slots'}`;
    if (!context.wants(name)) continue;
    const folder = await context.folder();
    const ours = await measureOurs({ folder, data, seeds, slots });
    context.note(`${name}: facecom ${ours.seconds.toFixed(1)} s, ${ours.combined.toFixed(4)}`);
    const peer = await measureHydra({ folder, data, seeds, slots, python });
    const against = "PyTorch bf16 channels_last with Hydra's joblib launcher";
    context.report({
      ...{
        case: name,
        ours: ours.seconds,
        peer: peer.seconds,
        unit: 's',
        better: 'lower',
        against,
        rounds: 1,
      },
      details: { combined: { ours: ours.combined, peer: peer.combined } },
    });
  }
}

interface Measurement {
  folder: string;
  data: string;
  seeds: readonly number[];
  slots: number;
}

async function measureOurs({ folder, data, seeds, slots }: Measurement): Promise<Answer> {
  const { config } = await readExperiment(recipes.replaced.spec, { set: [...set, `data.path=${data}`] });
  const spec = join(folder, 'sweep.yaml');
  const axes = {
    'loss.alpha': WEIGHTS.map(([alpha]) => alpha),
    'loss.beta': WEIGHTS.map(([, beta]) => beta),
    seed: [...seeds],
  };
  await writeFile(
    spec,
    stringify({
      ...config,
      // There are no validation images: nothing is chosen by what is measured.
      sweep: {
        method: 'grid',
        ...{ axes, zip: [['loss.alpha', 'loss.beta']] },
        objective: { metric: 'test/combined', mode: 'max' },
      },
    }),
  );
  const started = performance.now();
  const { stdout } = await execa(process.execPath, [
    join(root, 'bin/facecom.mjs'),
    ...['sweep', spec, '--json', '--max-parallel', String(slots), '--runs', join(folder, 'runs')],
  ]);
  const seconds = (performance.now() - started) / 1000;
  const scores = stdout
    .trim()
    .split('\n')
    .flatMap((line) => {
      const { type, value } = JSON.parse(line) as { type?: string; value?: number };
      return type === 'finished' && value !== undefined ? [value] : [];
    });
  return { seconds, combined: mean(scores) };
}

async function measureHydra({
  folder,
  data,
  seeds,
  slots,
  python,
}: Measurement & { python: string }): Promise<Answer> {
  const requests = join(folder, 'requests');
  await mkdir(requests);
  const jobs = WEIGHTS.flatMap((weights, k) =>
    seeds.map((seed) => ({ weights, seed, name: `${k}-${seed}` })),
  );
  for (const { weights, seed, name } of jobs) {
    const [alpha, beta] = weights;
    const own = [`data.path=${data}`, `seed=${seed}`, `loss.alpha=${alpha}`, `loss.beta=${beta}`];
    const { config } = await readExperiment(recipes.replaced.spec, { set: [...set, ...own] });
    await writeFile(join(requests, `${name}.json`), JSON.stringify(await requestOf(config, tmpdir())));
  }
  const started = performance.now();
  await execa(
    python,
    [
      join(import.meta.dirname, 'peers/sweep_hydra.py'),
      ...['-m', `weights=${WEIGHTS.map((_, k) => k).join()}`, `seed=${seeds.join()}`],
      ...['hydra/launcher=joblib', `hydra.launcher.n_jobs=${slots}`],
      ...[`hydra.sweep.dir=${join(folder, 'hydra')}`, `+requests=${requests}`],
    ],
    // The cores divided among the jobs, as they are on the other side.
    { env: { OMP_NUM_THREADS: String(Math.max(1, Math.floor(usableCores() / slots))) } },
  );
  const seconds = (performance.now() - started) / 1000;
  const answers = await Promise.all(
    jobs.map(async ({ name }) => JSON.parse(await readFile(join(requests, `${name}.out`), 'utf8'))),
  );
  return { seconds, combined: mean(answers.map(({ scores }) => scores.combined)) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
