import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { readExperiment, SpecError } from '../src/spec/index.ts';
import { expandSweep } from '../src/sweep/index.ts';
import { randomSpace, textOf, trivial } from '../test/sweep/support/spaces.ts';
import type { BenchContext } from './support/context.ts';
import { Worker } from './support/worker.ts';

// 10,000 trials: facecom expands them, checks each against the schema and the rules and gives it its id; the peers expand only.

const grid = `name: grid
sweep:
  axes:
    optimizer.lr: {range: [0.0001, 0.1, 0.0111]}
    loss.alpha: {range: [0.1, 1, 0.1]}
    train.batch_size: {range: [8, 80, 8]}
    train.ema: {range: [0, 0.9, 0.1]}
`;
const random = `name: random
sweep:
  method: random
  trials: 10000
  axes:
    optimizer.lr: {log_uniform: [0.0001, 0.1]}
    model.backbone: [resnet18, resnet50]
    train.batch_size: {int: [8, 64], step: 8}
    loss.alpha: {uniform: [0, 0.5]}
  exclude: ['model.backbone == "resnet50" and train.batch_size > 32']
`;

export async function run(context: BenchContext): Promise<void> {
  const cases = [
    {
      name: '10,000-trial grid: expand, validate, identify',
      kind: 'grid',
      spec: grid,
      against: "Hydra 1.3.2's basic sweeper with its check that each job composes (100 jobs, scaled)",
    },
    {
      name: '10,000-trial grid against the product alone',
      kind: 'product',
      spec: grid,
      against: "Hydra 1.3.2's basic sweeper without its check: lists of strings",
    },
    {
      name: '10,000 constrained random trials: expand, validate, identify',
      kind: 'random',
      spec: random,
      against: 'Optuna 4.5.0, RandomSampler, in memory, ask alone',
    },
  ];
  const folder = await context.folder();
  const program = join(folder, 'expand-worker.mjs');
  // As the product is built, so that what is measured is what users run.
  await build({
    entryPoints: [join(import.meta.dirname, 'support/expand-worker.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.11',
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  // What Hydra composes each job from.
  writeFileSync(
    join(folder, 'config.yaml'),
    'optimizer: {lr: 0.1}\nloss: {alpha: 0.5}\ntrain: {batch_size: 8, ema: 0}\n',
  );
  for (const { name, kind, spec, against } of cases) {
    if (!context.wants(name)) continue;
    const python = await context.pythonEnvironment('bench-sweeps', ['hydra-core==1.3.2', 'optuna==4.5.0']);
    writeFileSync(join(folder, `${kind}.yaml`), spec);
    const ours = new Worker('facecom', [process.execPath, program, join(folder, `${kind}.yaml`)]);
    const peer = new Worker(kind, [python, join(import.meta.dirname, 'peers/expand.py'), kind, folder]);
    context.defer(() => ours.stop());
    context.defer(() => peer.stop());
    await ours.ready();
    await peer.ready();
    const ask = async (worker: Worker) => {
      const { seconds, trials } = await worker.ask<{ seconds: number; trials: number }>({});
      if (trials !== 10_000) throw new Error(`${name}: ${trials} trials`);
      return seconds;
    };
    const rounds = context.rounds(7);
    const sides = await context.alternate(rounds, { ours: () => ask(ours), peer: () => ask(peer) });
    await Promise.all([ours.stop(), peer.stop()]);
    context.report({
      case: name,
      ours: sides.ours.median,
      peer: sides.peer.median,
      unit: 's',
      better: 'lower',
      against,
      rounds,
      details: { ours: sides.ours.values, peer: sides.peer.values },
    });
  }
  const equal = '1,000 random spaces against brute force';
  if (context.wants(equal)) await bruteForce(context, folder, equal);
}

async function bruteForce(context: BenchContext, folder: string, name: string): Promise<void> {
  const file = join(folder, 'space.yaml');
  let compared = 0;
  const different: number[] = [];
  for (let seed = 0; compared < 1000 && seed < 20_000; seed++) {
    const { spec, expected } = randomSpace(seed);
    writeFileSync(file, JSON.stringify(spec));
    try {
      const found = expandSweep(await readExperiment(file)).trials.map(({ config }) => textOf(config));
      compared++;
      if (found.length !== expected.size || found.some((text) => !expected.has(text))) different.push(seed);
    } catch (error) {
      // A space that says nothing is refused, and not counted.
      if (!(error instanceof SpecError) || error.problems.some(({ code }) => !trivial.includes(code)))
        throw error;
    }
  }
  context.report({
    case: `${name}: spaces that differ`,
    ours: different.length,
    unit: 'spaces',
    better: 'lower',
    rounds: 1,
    details: { compared, different: different.slice(0, 10) },
  });
}
