import { join } from 'node:path';
import { hypervolume } from '../src/sweep/pareto/hypervolume.ts';
import type { BenchContext } from './support/context.ts';
import { median } from './support/rounds.ts';
import { ours, peerAxes, regret, type Searcher, search, theirs } from './support/search.ts';
import { regretTasks, type Task, volumeTasks } from './support/search-tasks.ts';
import { Worker } from './support/worker.ts';

// What a search finds in 100 trials, and how long it thinks. Both sides search the same functions with the same noise.

const TRIALS = 100;
const against = "Optuna 5.0.0's default TPE";

export async function run(context: BenchContext): Promise<void> {
  const python = await context.pythonEnvironment('bench-search', ['optuna==5.0.0']);
  const peer = new Worker('optuna', [python, join(import.meta.dirname, 'peers/search.py')]);
  context.defer(() => peer.stop());
  await peer.ready();
  if (context.wants('regret')) await regrets(context, peer);
  if (context.wants('hypervolume')) await volumes(context, peer);
  if (context.wants('asks')) await asks(context, peer);
}

async function regrets(context: BenchContext, peer: Worker): Promise<void> {
  const ratios: number[] = [];
  for (const task of regretTasks) {
    const [a, b] = await bothSides(context, task, peer, (found) => regret(task, found));
    ratios.push(a! / b!);
    report(context, { case: `regret: ${task.name}`, ours: a!, peer: b!, unit: 'loss', better: 'lower' }, 20);
  }
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  const details = { no_worse: ratios.filter((ratio) => ratio <= 1).length, of: ratios.length };
  report(
    context,
    { case: 'regret: geometric mean', ours: mean, peer: 1, unit: '×', better: 'lower', details },
    20,
  );
}

async function volumes(context: BenchContext, peer: Worker): Promise<void> {
  for (const task of volumeTasks) {
    const reference = task.reference!;
    const [a, b] = await bothSides(context, task, peer, ({ true: losses }) =>
      hypervolume(
        losses.filter((point) => point.every((loss, i) => loss <= reference[i]!)),
        reference,
      ),
    );
    report(
      context,
      { case: `hypervolume: ${task.name}`, ours: a!, peer: b!, unit: 'volume', better: 'higher' },
      20,
    );
  }
}

/** Medians over seeds of what both sides found. */
async function bothSides(
  context: BenchContext,
  task: Task,
  peer: Worker,
  judge: (found: Awaited<ReturnType<typeof search>>) => number,
): Promise<number[]> {
  const seeds = Array.from({ length: context.rounds(20) }, (_, seed) => seed);
  const objectives = task.reference?.length ?? 1;
  const sides: Array<(seed: number) => Searcher | Promise<Searcher>> = [
    (seed) => ours(task, seed, objectives),
    (seed) => theirs(peer, task, seed, objectives),
  ];
  const found: number[] = [];
  for (const side of sides) {
    const values: number[] = [];
    for (const seed of seeds) values.push(judge(await search(task, seed, TRIALS, await side(seed))));
    found.push(median(values));
  }
  return found;
}

/** Asks where as many trials are known: one objective, numbers on both scales, whole numbers and a choice. */
async function asks(context: BenchContext, peer: Worker): Promise<void> {
  const task: Task = {
    name: 'asks',
    axes: {
      'optimizer.lr': { values: { log_uniform: [1e-5, 1] } },
      'loss.alpha': { values: { uniform: [0, 1] } },
      'train.epochs': { values: { int: [1, 40] } },
      'model.backbone': { values: ['resnet18', 'resnet50', 'vgg16'] },
    },
    losses: () => [0],
  };
  const told = 1000;
  const sides = await context.alternate(context.rounds(3), {
    ours: async () => {
      const next = ours(task, 0);
      let losses: number[] | null = null;
      for (let number = 0; number <= told; number++) {
        await next(losses);
        losses = [(((number + 1) * 7919) % 1000) / 1000];
      }
      const started = performance.now();
      for (let i = 0; i < told; i++) await next(null);
      return (performance.now() - started) / 1000;
    },
    peer: async () =>
      (await peer.ask<{ seconds: number }>({ time: { axes: peerAxes(task), told, asks: told } })).seconds,
  });
  report(
    context,
    {
      case: `${told} asks with ${told} trials told`,
      ours: sides.ours.median,
      peer: sides.peer.median,
      unit: 's',
      better: 'lower',
      details: { ours: sides.ours.values, peer: sides.peer.values },
    },
    context.rounds(3),
  );
}

function report(
  context: BenchContext,
  measured: Omit<Parameters<BenchContext['report']>[0], 'against' | 'rounds'>,
  rounds: number,
): void {
  context.report({ ...measured, against, rounds: context.rounds(rounds) });
}
