import type { BenchContext } from './support/context.ts';
import { startOurs } from './support/ours.ts';
import { nameOf, secondsOf, startTorch, torchPython, type Variant } from './support/torch.ts';

// Peak resident memory of a process that trains ResNet-50 with two heads and Adam for six steps, MB: the least of PyTorch's
// ways in the same precision is the peer.

const shapes = [
  { backbone: 'resnet50', batch: 16, size: 112 },
  { backbone: 'resnet50', batch: 32, size: 224 },
];
const STEPS = 5;
const MEGABYTE = 1e6;

export async function run(context: BenchContext): Promise<void> {
  const python = await torchPython(context);
  for (const shape of shapes) {
    for (const precision of ['bfloat16', 'float32'] as const) {
      const name = `peak memory ${shape.batch} × ${shape.size}², ${precision}`;
      if (!context.wants(name)) continue;
      const { worker } = await startOurs({ ...shape, precision });
      await secondsOf(worker, STEPS);
      const { peak } = await worker.ask<{ peak: number }>({ memory: true });
      await worker.stop();
      const peers: Array<{ variant: Variant; peak: number }> = [];
      for (const channelsLast of [true, false]) {
        const variant: Variant = { compile: false, precision, channelsLast };
        const torch = await startTorch(python, shape, variant);
        await secondsOf(torch, STEPS);
        peers.push({ variant, peak: (await torch.ask<{ peak: number }>({ memory: true })).peak });
        await torch.stop();
      }
      const least = peers.reduce((a, b) => (a.peak <= b.peak ? a : b));
      context.report({
        case: name,
        ours: peak / MEGABYTE,
        peer: least.peak / MEGABYTE,
        unit: 'MB',
        better: 'lower',
        against: nameOf(least.variant),
        rounds: 1,
      });
    }
  }
}
