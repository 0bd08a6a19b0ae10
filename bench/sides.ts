import { usableCores } from '../src/machine/index.ts';
import type { BenchContext } from './support/context.ts';
import { type OursOptions, startOurs } from './support/ours.ts';
import { secondsOf } from './support/torch.ts';

// Two trials side by side, each with half of the cores, as a sweep runs them: images a second of both together, against twice what one
// of them reaches with half of the cores while the other half stands idle, and against one trial with all cores.

const shape = { backbone: 'resnet18', batch: 32, size: 112, precision: 'auto' } as const;
const STEPS = 12;

export async function run(context: BenchContext): Promise<void> {
  const half = Math.max(1, Math.floor(usableCores() / 2));
  const { both, one, whole } = await context.alternate(context.rounds(3), {
    both: () => together(context, 2, { ...shape, threads: half }),
    one: async () => 2 * (await together(context, 1, { ...shape, threads: half })),
    whole: () => together(context, 1, { ...shape, threads: usableCores() }),
  });
  const name = `${shape.backbone} ${shape.batch} × ${shape.size}²`;
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

/** Images a second of so many trials at once. */
async function together(context: BenchContext, count: number, options: OursOptions): Promise<number> {
  const started = await Promise.all(Array.from({ length: count }, () => startOurs(options, context.target)));
  try {
    await Promise.all(started.map(({ worker }) => secondsOf(worker, 2)));
    const seconds = await Promise.all(started.map(({ worker }) => secondsOf(worker, STEPS)));
    return seconds.reduce((sum, each) => sum + options.batch / each, 0);
  } finally {
    await Promise.all(started.map(({ worker }) => worker.stop()));
  }
}
