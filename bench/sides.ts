import { usableCores } from '../src/machine/index.ts';
import type { BenchContext } from './support/context.ts';
import { type OursOptions, startOurs } from './support/ours.ts';
import { nameOf, secondsOf, startTorch, torchPython, type Variant } from './support/torch.ts';
import type { Worker } from './support/worker.ts';

// Two trials side by side, each with half of the cores, as a sweep runs them: images a second of both together, against twice what one
// of them reaches with half of the cores while the other half stands idle, and against one trial with all cores. Then two runs that were
// started apart, each on all cores, against one of them alone.

const shape = { backbone: 'resnet18', batch: 32, size: 112, precision: 'auto' } as const;
const STEPS = 12;

export async function run(context: BenchContext): Promise<void> {
  const half = Math.max(1, Math.floor(usableCores() / 2));
  const name = `${shape.backbone} ${shape.batch} × ${shape.size}²`;
  if (context.wants('all cores')) await crowded(context, name);
  if (!context.wants('side by side')) return;
  const { both, one, whole } = await context.alternate(context.rounds(3), {
    both: () => together(context, 2, { ...shape, threads: half }),
    one: async () => 2 * (await together(context, 1, { ...shape, threads: half })),
    whole: () => together(context, 1, { ...shape, threads: usableCores() }),
  });
  for (const [peer, against] of [
    [one, 'twice one trial on half of the cores'],
    [whole, 'one trial on all cores'],
  ] as const)
    context.report({
      case: `${name}: two trials side by side, against ${against}`,
      ...{ ours: both.median, peer: peer.median, unit: 'img/s', better: 'higher', against },
      rounds: both.values.length,
      details: { both: both.values, peer: peer.values },
    });
}

/** The way of PyTorch's that is the fastest for this shape (`step`). */
const fastest: Variant = { compile: true, precision: 'bfloat16', channelsLast: true };

async function crowded(context: BenchContext, name: string): Promise<void> {
  const threads = usableCores();
  const python = await torchPython(context);
  const torch = () => startTorch(python, shape, fastest);
  const { two, alone, peers } = await context.alternate(context.rounds(3), {
    two: () => together(context, 2, { ...shape, threads }),
    alone: () => together(context, 1, { ...shape, threads }),
    peers: () => rateOf(2, torch),
  });
  for (const [peer, against] of [
    [alone, 'one of them alone'],
    [peers, `two of PyTorch's, ${nameOf(fastest)}`],
  ] as const)
    context.report({
      case: `${name}: two runs at once, each on all cores, against ${against}`,
      ...{ ours: two.median, peer: peer.median, unit: 'img/s', better: 'higher', against },
      rounds: two.values.length,
      details: { two: two.values, peer: peer.values },
    });
}

const together = (context: BenchContext, count: number, options: OursOptions): Promise<number> =>
  rateOf(count, async () => (await startOurs(options, context.target)).worker);

/** Images a second of so many trials at once. */
async function rateOf(count: number, start: () => Promise<Worker>): Promise<number> {
  const workers = await Promise.all(Array.from({ length: count }, start));
  try {
    await Promise.all(workers.map((worker) => secondsOf(worker, 2)));
    const seconds = await Promise.all(workers.map((worker) => secondsOf(worker, STEPS)));
    return seconds.reduce((sum, each) => sum + shape.batch / each, 0);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}
