import { locateOneDnn } from '../src/install/index.ts';
import { NetworkLearner } from '../src/model/index.ts';
import type { Instruction } from '../src/tensor/onednn/emitter.ts';
import { openOneDnn } from '../src/tensor/onednn/open.ts';
import type { BenchContext } from './support/context.ts';
import { benchConfig } from './support/learner.ts';

// Where a training step of the engine oneDNN spends its time: the shortest time of each instruction, ms, by kind. Nobody else on
// the other side: it is for whoever makes the engine faster. `--only "resnet50 16"`; the slowest instructions are its details.

const SHAPES = [
  { backbone: 'resnet50', batch: 16, size: 112 },
  { backbone: 'resnet18', batch: 32, size: 112 },
] as const;

const IDENTITIES = 877;
const SLOWEST = 12;

export async function run(context: BenchContext): Promise<void> {
  for (const { backbone, batch, size } of SHAPES)
    for (const precision of ['bfloat16', 'float32'] as const) {
      const name = `${backbone} ${batch} × ${size}², ${precision}`;
      if (!context.wants(name)) continue;
      const shortest = await profile({ backbone, batch, size, precision }, context.rounds(10));
      const kinds = new Map<string, number>();
      for (const [{ label }, time] of shortest) kinds.set(label, (kinds.get(label) ?? 0) + time);
      for (const [kind, ours] of [...kinds].sort((a, b) => b[1] - a[1]))
        context.report({ case: `${name}: ${kind}`, ours, unit: 'ms', better: 'lower' });
      const slow = [...shortest].sort((a, b) => b[1] - a[1]).slice(0, SLOWEST);
      context.report({
        ...{
          case: `${name}: whole`,
          ours: [...kinds.values()].reduce((a, b) => a + b),
          unit: 'ms',
          better: 'lower',
        },
        details: { slowest: slow.map(([instruction, time]) => `${time.toFixed(2)} ${text(instruction)}`) },
      });
    }
}

function text({ label, node, primitive }: Instruction): string {
  const shapes = [...(node?.inputs.flat() ?? []), ...(node?.outputs ?? [])].map(({ shape }) => `[${shape}]`);
  return `${label} ${primitive?.implementation ?? 'JavaScript'} ${shapes.join(' ')}`;
}

/** Milliseconds of each instruction. */
async function profile(
  shape: {
    backbone: 'resnet18' | 'resnet50';
    batch: number;
    size: number;
    precision: 'bfloat16' | 'float32';
  },
  rounds: number,
): Promise<Map<Instruction, number>> {
  const threads = Number(process.env.FACECOM_THREADS) || 0;
  const runtime = openOneDnn(locateOneDnn(), { seed: 0, precision: shape.precision, threads });
  const { batch, size } = shape;
  const { model, loss, optimizer, train } = benchConfig(shape);
  const learner = new NetworkLearner(runtime, {
    ...{ model, loss, optimizer },
    ...{ accumulation: train.accumulation, clip: train.clip, ema: train.ema },
    ...{ identities: IDENTITIES, seed: 0, imageSize: size, precisionReason: 'named' },
  });
  const images = Uint8Array.from({ length: batch * size * size * 3 }, (_, i) => (i * 7919) % 255);
  const gender = Int8Array.from({ length: batch }, (_, i) => i % 2);
  const identity = Int32Array.from({ length: batch }, (_, i) => (i * 7) % IDENTITIES);
  const shortest = new Map<Instruction, number>();
  for (let step = 1; step <= rounds + 2; step++) {
    if (step > 2)
      runtime.onInstruction = (instruction, microseconds) =>
        shortest.set(instruction, Math.min(shortest.get(instruction) ?? Infinity, microseconds / 1000));
    await learner.trainStep({ images, gender, identity, size: batch }, { lr: 1e-3, step });
  }
  learner.dispose();
  return shortest;
}
