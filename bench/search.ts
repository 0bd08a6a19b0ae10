import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAsideAsync } from '../src/base/files.ts';
import { Random } from '../src/base/random.ts';
import { hypervolume } from '../src/sweep/pareto/hypervolume.ts';
import type { BenchContext } from './support/context.ts';
import { median } from './support/rounds.ts';
import { ours, peerAxes, regret, search, theirs } from './support/search.ts';
import { regretTasks, type Task, volumeTasks } from './support/search-tasks.ts';
import { tuningTasks } from './support/search-tuning.ts';
import { Worker } from './support/worker.ts';

// What a search finds in 100 trials, and how long it thinks. Both sides search the same functions with the same noise.
//   FACECOM_BENCH_WORK   keeps what the peer found by task and seed, which does not change; remove it to measure again
//   --rounds n           seeds 0 … n − 1; 20 where left out

const TRIALS = 100;
const PEER = 'optuna==5.0.0';
const against = "Optuna 5.0.0's default TPE";

export async function run(context: BenchContext): Promise<void> {
  const python = await context.pythonEnvironment('bench-search', [PEER]);
  const peer = new Worker('optuna', [python, join(import.meta.dirname, 'peers/search.py')]);
  context.defer(() => peer.stop());
  await peer.ready();
  if (context.wants('regret')) await regrets(context, peer, { name: 'regret', tasks: regretTasks, from: 0 });
  if (context.wants('tuning'))
    await regrets(context, peer, { name: 'tuning', tasks: tuningTasks, from: 100 });
  if (context.wants('hypervolume')) await volumes(context, peer);
  if (context.wants('asks')) await asks(context, peer);
}

interface Regrets {
  name: string;
  tasks: readonly Task[];
  /** The first seed. */
  from: number;
}

async function regrets(context: BenchContext, peer: Worker, { name, tasks, from }: Regrets): Promise<void> {
  const ratios: number[] = [];
  const shown = { better: 0, worse: 0 };
  for (const task of tasks) {
    const sides = await bothSides(context, { task, peer, from }, (found) => regret(task, found));
    const [a, b] = sides.map(median);
    const details = compared(context, sides);
    ratios.push(ratioOf(a!, b!));
    if (details.ratio_interval[1]! < 1) shown.better++;
    if (details.ratio_interval[0]! > 1) shown.worse++;
    report(
      context,
      { case: `${name}: ${task.name}`, ours: a!, peer: b!, unit: 'loss', better: 'lower', details },
      20,
    );
  }
  // A side that finds the least value itself has a regret of 0, of which there is no mean.
  const some = ratios.filter((ratio) => ratio > 0 && Number.isFinite(ratio));
  const mean = Math.exp(some.reduce((sum, ratio) => sum + Math.log(ratio), 0) / some.length);
  const details = {
    ...{ no_worse: ratios.filter((ratio) => ratio <= 1).length, of: ratios.length },
    without_zeros: some.length,
    shown_better: shown.better,
    shown_worse: shown.worse,
  };
  report(
    context,
    { case: `${name}: geometric mean`, ours: mean, peer: 1, unit: '×', better: 'lower', details },
    20,
  );
}

const ratioOf = (a: number, b: number): number => (a === b ? 1 : a / b);

/** How sure a ratio of medians is: its 95 % interval by bootstrap over the seeds of each side, and the searches that each side won. */
function compared(context: BenchContext, [ours, peer]: number[][]) {
  const random = new Random(context.seed, 'bootstrap');
  const again = (values: readonly number[]) => median(values.map(() => random.pick(values)));
  const ratios = Array.from({ length: 4000 }, () => ratioOf(again(ours!), again(peer!))).sort(
    (a, b) => a - b,
  );
  const won = ours!.filter((value, seed) => value < peer![seed]!).length;
  const lost = ours!.filter((value, seed) => value > peer![seed]!).length;
  return { ratio_interval: [ratios[99]!, ratios[3899]!], won, lost, values: { ours, peer } };
}

async function volumes(context: BenchContext, peer: Worker): Promise<void> {
  for (const task of volumeTasks) {
    const reference = task.reference!;
    const sides = await bothSides(context, { task, peer, from: 0 }, ({ true: losses }) =>
      hypervolume(
        losses.filter((point) => point.every((loss, i) => loss <= reference[i]!)),
        reference,
      ),
    );
    const [a, b] = sides.map(median);
    report(
      context,
      { case: `hypervolume: ${task.name}`, ours: a!, peer: b!, unit: 'volume', better: 'higher' },
      20,
    );
  }
}

/** What both sides found, by seed. Theirs is kept: the same version finds the same. */
async function bothSides(
  context: BenchContext,
  { task, peer, from }: { task: Task; peer: Worker; from: number },
  judge: (found: Awaited<ReturnType<typeof search>>) => number,
): Promise<number[][]> {
  const seeds = Array.from({ length: context.rounds(20) }, (_, i) => from + i);
  const objectives = task.reference?.length ?? 1;
  const kept = await keptOf(task.name);
  const found: number[][] = [[], []];
  for (const seed of seeds) {
    found[0]!.push(judge(await search(task, seed, TRIALS, ours(task, seed, objectives))));
    kept.values[seed] ??= judge(await search(task, seed, TRIALS, await theirs(peer, task, seed, objectives)));
    found[1]!.push(kept.values[seed]!);
  }
  await kept.save();
  return found;
}

/** What the peer found of a task before, by seed, for the tasks and the script as they are now. */
async function keptOf(name: string) {
  const files = [
    'peers/search.py',
    'support/search-tasks.ts',
    'support/search-tuning.ts',
    'support/search.ts',
  ];
  const texts = await Promise.all(files.map((file) => readFile(join(import.meta.dirname, file), 'utf8')));
  const key = createHash('sha256')
    .update(JSON.stringify([name, PEER, TRIALS, texts]))
    .digest('hex');
  const work = process.env.FACECOM_BENCH_WORK ?? join(tmpdir(), 'facecom-bench-search');
  const file = join(work, `${key.slice(0, 16)}.json`);
  const values: Record<number, number> = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
  return {
    values,
    async save() {
      await mkdir(work, { recursive: true });
      await writeAsideAsync(file, JSON.stringify(values));
    },
  };
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
