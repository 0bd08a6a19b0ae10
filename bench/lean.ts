import type { BenchContext } from './support/context.ts';
import { startOurs } from './support/ours.ts';
import { median } from './support/rounds.ts';
import { place, shapesOn } from './support/shapes.ts';
import { secondsOf } from './support/torch.ts';

// What `train.memory: lean` saves and costs, against the same step with all activations kept: peak memory of a process and time of a step, each
// side in new processes, in turn.

const STEPS = 12;
const MEGABYTE = 1e6;

export async function run(context: BenchContext): Promise<void> {
  for (const shape of shapesOn(context.target)) {
    const network = shape.backbone === 'resnet50' ? '' : `${shape.backbone} `;
    const name = `${place(context.target)}lean ${network}${shape.batch} × ${shape.size}²`;
    if (!context.wants(name)) continue;
    const found = { lean: [] as Measured[], fast: [] as Measured[] };
    for (let round = 0; round < context.rounds(3); round++)
      for (const memory of round % 2 === 0 ? (['lean', 'fast'] as const) : (['fast', 'lean'] as const))
        found[memory].push(await measure(context, { ...shape, precision: 'auto', memory }));
    const against = 'train.memory: fast';
    const of = (side: keyof typeof found, value: keyof Measured) =>
      median(found[side].map((one) => one[value]));
    for (const [value, unit, scale] of [
      ['seconds', 'ms', 1e-3],
      ['peak', 'MB', MEGABYTE],
    ] as const)
      context.report({
        case: `${name}: ${value === 'peak' ? 'peak memory' : 'a step'}`,
        ...{
          ours: of('lean', value) / scale,
          peer: of('fast', value) / scale,
          unit,
          better: 'lower',
          against,
        },
        rounds: found.lean.length,
      });
  }
}

interface Measured {
  /** Of a step. */
  seconds: number;
  /** Bytes. */
  peak: number;
}

async function measure(context: BenchContext, options: Parameters<typeof startOurs>[0]): Promise<Measured> {
  const { worker } = await startOurs(options, context.target);
  try {
    await secondsOf(worker, 2);
    const seconds = await secondsOf(worker, STEPS);
    return { seconds, peak: (await worker.ask<{ peak: number }>({ memory: true })).peak };
  } finally {
    await worker.stop();
  }
}
